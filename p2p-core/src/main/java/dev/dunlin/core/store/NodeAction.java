package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;

/** The store's own actions. */
public sealed interface NodeAction extends Action {

    /**
     * The first input of every run.
     *
     * @param run one more than the last run's
     * @param build the build that runs
     * @param config the configuration; secrets are references
     * @param wallTime microseconds since the Unix epoch, as the wall clock said
     * @param seed fresh, for this run's random draws
     */
    record Booted(long run, String build, Table<String, String> config, long wallTime, long seed)
            implements NodeAction {}

    /**
     * The wall clock was stepped; the node's time runs on unharmed.
     *
     * @param wallTime what the wall clock says now, microseconds since the Unix epoch
     * @param by by how much it differs from the node's time, in microseconds
     */
    record ClockStepped(long wallTime, long by) implements NodeAction {}
}
