package dev.dunlin.connection.protocol;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which questions of a protocol have no answer on the wire, though the others have one: as soon as such a question is written, whoever asked
 * has the answer that is assumed; and who is asked gives that answer, of which nothing is written. Answers that are written to such
 * questions all the same are passed over, so that they are not taken for those to the next.
 *
 * @param assumed the answer that a question has without one; empty if one is awaited
 * @param isAssumed whether an answer is one of those, and of no other question
 */
public record Silence<Q extends Message, R extends Message>(
        Function<? super Q, Optional<R>> assumed, Predicate<? super R> isAssumed) {

    /** All questions have an answer. */
    public static <Q extends Message, R extends Message> Silence<Q, R> none() {
        return new Silence<>(question -> Optional.empty(), answer -> false);
    }
}
