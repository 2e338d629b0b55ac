package dev.dunlin.core.sim;

import java.util.Set;
import java.util.function.Consumer;

/**
 * How a run is watched; none of it changes what happens.
 *
 * @param audits whether invariants are checked at each step
 * @param records the nodes whose logs are written
 * @param progress is told of the world from time to time
 * @param end is told of the world when the run is over
 */
public record RunOptions(boolean audits, Set<Integer> records, Consumer<World<?>> progress, Consumer<World<?>> end) {

    /** Invariants are checked, and digests kept. */
    public static final RunOptions DEFAULT = new RunOptions(true, Set.of(), world -> {}, world -> {});

    /** Copies the set. */
    public RunOptions {
        records = Set.copyOf(records);
    }

    /** These with some nodes' logs written. */
    public RunOptions recording(Set<Integer> nodes) {
        return new RunOptions(audits, nodes, progress, end);
    }

    /** These with or without the checking of invariants. */
    public RunOptions auditing(boolean whether) {
        return new RunOptions(whether, records, progress, end);
    }

    /** These with somebody told how far it is. */
    public RunOptions telling(Consumer<World<?>> watcher) {
        return new RunOptions(audits, records, watcher, end);
    }

    /** These with somebody shown the world when the run is over. */
    public RunOptions ending(Consumer<World<?>> viewer) {
        return new RunOptions(audits, records, progress, viewer);
    }
}
