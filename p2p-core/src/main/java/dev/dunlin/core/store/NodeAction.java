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

    /**
     * Wish of an operator: settings have other values, until they are changed again or the run ends; the next boot says its own. Refused
     * where a machine's key is not one that may change, a value is none of its kind, or something would be there that the new values do
     * not allow. Its outcome is {@link NodeOutcome.Configured}.
     *
     * @param changes the recorded values by their keys, 1 to {@link #MAX_CHANGES}; keys that are no machine's are a service's
     */
    record Configure(Table<String, String> changes, Ticket ticket) implements NodeAction, Action.Wish, Action.Control {

        /** The most keys of one change. */
        public static final int MAX_CHANGES = 256;

        /** The longest key, and the longest value of one, in characters. */
        public static final int MAX_TEXT = 16_384;

        /** Checks the bounds. */
        public Configure {
            if (changes.isEmpty() || changes.size() > MAX_CHANGES) {
                throw new IllegalArgumentException(
                        "one change is of 1 to " + MAX_CHANGES + " settings, not of " + changes.size());
            }
            changes.forEach(change -> {
                if (change.getKey().length() > MAX_TEXT || change.getValue().length() > MAX_TEXT) {
                    throw new IllegalArgumentException(
                            "a key and its value have at most " + MAX_TEXT + " characters each");
                }
            });
        }
    }

    /** Something is due: entries of the machines' tables become their actions, at most {@link Store#DUE_PER_TICK} of them. */
    record Tick() implements NodeAction {}
}
