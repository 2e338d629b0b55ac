package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;

/** The store's own actions. */
public sealed interface NodeAction extends Action {

    /**
     * The first input of every run. After it each machine says what of its state survives ({@link Machine.Draft#boots}).
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
     * The system clock was stepped, or the machine slept: the wall clock is another now, and the node's time runs on unharmed.
     *
     * @param wallTime what the wall clock says now, microseconds since the Unix epoch
     * @param by how far it is ahead of the node's time, in microseconds; negative if it is behind
     */
    record ClockStepped(long wallTime, long by) implements NodeAction {}

    /** Something is due: entries of the machines' tables become their actions, at most {@link Store#DUE_PER_TICK} of them. */
    record Tick() implements NodeAction {}
}
