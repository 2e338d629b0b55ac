package dev.dunlin.dht.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.Coverage;
import net.jqwik.api.Example;

/** The records machine obeys the laws where its records are in a file, whatever that answers and when. */
final class DiskLawsTest extends RecordsLawsTest {

    @Override
    protected Table<String, String> config() {
        return onDisk();
    }

    /** What moves in the state is for those laws that have the records there; nothing else is missed. */
    @Override
    @Example
    public void everyTransitionAndClauseIsVisited() {
        Coverage coverage = coverage();
        assertThat(coverage.missing())
                .as(coverage.report())
                .allMatch(missing -> missing.matches("the transition (held|noValue|provided|noProviders) .*"));
    }
}
