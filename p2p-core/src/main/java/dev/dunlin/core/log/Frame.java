package dev.dunlin.core.log;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One line of a log, decoded. */
public sealed interface Frame {

    /** The version of the format that this build writes, and the newest that it reads. */
    int FORMAT = 2;

    /** The oldest version of the format that this build reads. */
    int OLDEST = 2;

    /** The type of a {@link Header}. */
    String HEADER = "@log/header";

    /** The type of a {@link Force}. */
    String FORCED = "@log/forced";

    /** What stands before an input's number. */
    String META_INPUT = "\"meta\":{\"input\":";

    /** Whether a line is the log's own, a header or a force mark, and no input. */
    static boolean isOwn(String line) {
        return line.startsWith("{\"type\":\"@log/");
    }

    /**
     * The number of the input that a line is, whatever build wrote it; {@link Long#MAX_VALUE} if it cannot be told. Other fields of
     * that name stand before it, in the payload.
     */
    static long inputOf(String line) {
        int at = line.lastIndexOf(META_INPUT);
        int from = at + META_INPUT.length();
        int to = from;
        while (at >= 0 && to < line.length() && Character.isDigit(line.charAt(to))) {
            to++;
        }
        try {
            return Long.parseLong(line, from, to, 10);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * The first line of a segment.
     *
     * @param format the format's version
     * @param build the build that writes
     * @param first the number of the segment's first input
     * @param forced up to which input the log was forced to disk when the segment was begun
     * @param wallOffset how far the wall clock was ahead of the node's time then, in microseconds
     * @param schema what the build can write
     */
    record Header(int format, String build, long first, long forced, long wallOffset, Schema schema) implements Frame {}

    /**
     * One input, and the proof of what it led to.
     *
     * @param number its number
     * @param at its time, microseconds of the node's time
     * @param action what entered
     * @param answers the effect that it answers
     * @param rejected the disabled ones among the input and what it led to
     * @param size how many actions and effects, the input included
     * @param derived the digest of all but the input
     * @param changed the digests of the machines that it changed
     * @param durable whether an effect waited for the disk
     * @param failed what broke, if the input ended the run
     * @param machines those that the node had
     */
    record Recorded(
            long number,
            long at,
            Action action,
            ActionId answers,
            List<Rejected> rejected,
            int size,
            Digest derived,
            Map<String, Digest> changed,
            boolean durable,
            Optional<String> failed,
            Set<String> machines)
            implements Frame {
        /** What entered, as the store takes it. */
        public Input input() {
            return new Input(action, answers);
        }

        /**
         * Lets a store take it as the node did: with the machines that the node had, which may be fewer than the store's.
         *
         * @throws StoreFailure as {@link Store#apply(Input, long)}
         */
        public <R> Turn replay(Store<R> store) {
            store.only(machines);
            return store.apply(input(), at);
        }
    }

    /**
     * A disabled action.
     *
     * @param index its place in the input's dispatches
     * @param type its full name
     * @param about its subject
     * @param clause the guard's clause that failed
     * @param operands what the clause looked at
     */
    record Rejected(int index, String type, Subject about, String clause, List<Operand> operands) {}

    /**
     * A force mark: the log is on disk up to an input.
     *
     * @param input all up to this input is safe
     */
    record Force(long input) implements Frame {}
}
