package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.core.state.Table;

/**
 * What has happened since the boot, for metrics. Each table has as many entries as there are codes or stages, whatever peers do.
 *
 * @param ended sessions that are over, by their codes
 * @param turnedAway who was turned away at the door, by their codes
 * @param left how often a stage was left, by its word
 * @param spent how long sessions were in it, by its word, microseconds
 */
public record Counts(
        Table<String, Long> ended,
        Table<String, Long> turnedAway,
        Table<String, Long> left,
        Table<String, Long> spent) {

    /** Nothing has. */
    public static final Counts NONE = new Counts(Table.empty(), Table.empty(), Table.empty(), Table.empty());

    Counts ended(Code code) {
        return new Counts(plus(ended, code.name(), 1), turnedAway, left, spent);
    }

    Counts turnedAway(Code code) {
        return new Counts(ended, plus(turnedAway, code.name(), 1), left, spent);
    }

    Counts leaving(String stage, long took) {
        return new Counts(ended, turnedAway, plus(left, stage, 1), plus(spent, stage, took));
    }

    private static Table<String, Long> plus(Table<String, Long> table, String key, long more) {
        return table.with(key, table.or(key, 0L) + more);
    }
}
