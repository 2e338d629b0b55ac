package dev.dunlin.dht.record;

import dev.dunlin.core.state.Table;

/** The records machine obeys the laws where its records are in a file, whatever that answers and when. */
final class DiskLawsTest extends RecordsLawsTest {

    @Override
    protected Table<String, String> config() {
        return onDisk();
    }
}
