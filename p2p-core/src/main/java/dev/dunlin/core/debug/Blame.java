package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import java.util.Optional;

/** Which action last changed a part of the state. */
public sealed interface Blame {

    /** What was asked for. */
    StatePath path();

    /**
     * An action changed it.
     *
     * @param action the last that did
     * @param before its JSON before that; empty if it was not there
     * @param after its JSON after that; empty if it was gone
     */
    record Changed(StatePath path, Entry action, Optional<String> before, Optional<String> after) implements Blame {}

    /**
     * No action of the log changed it.
     *
     * @param value its JSON
     * @param since the step before the first that the log still has; 0 if it has been so from the beginning
     */
    record Unchanged(StatePath path, String value, long since) implements Blame {}

    /**
     * It is not in the state, and in all that the log still has it never was.
     *
     * @param since as in {@link Unchanged}
     */
    record NeverThere(StatePath path, long since) implements Blame {}

    /**
     * Asks an index. Goes back in stretches that begin at snapshots: one in which the part did not change is passed by, in the
     * others it is compared step by step, by reference where it is the same object.
     *
     * @param to the step up to which to look
     * @throws LogException if the log has no such step, or no machine of that name
     */
    static <R> Blame of(LogIndex<R> index, StatePath path, long to) {
        return new BlameSearch<>(index, path).upTo(to);
    }
}
