package dev.dunlin.node.records.jdbc;

import dev.dunlin.dht.record.MemoryStore;
import dev.dunlin.dht.record.RecordStore;

class MemoryStoreTest extends RecordStoreContract {

    private final MemoryStore store = new MemoryStore();

    @Override
    protected RecordStore store() {
        return store;
    }
}
