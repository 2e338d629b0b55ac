package dev.dunlin.dht.namespace;

import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * Judges the values of a namespace. Its methods are total: any bytes have an answer, and nothing is thrown. They are pure: the same
 * arguments have the same answer, on every node and in every replay.
 */
public interface Validator {

    /** The namespace, as it stands between the first two slashes of a key: {@code pk}. */
    String namespace();

    /**
     * Why a value is not valid, as a sentence without its full stop; empty if it is valid.
     *
     * @param key the whole key, with its namespace
     * @param wallTime microseconds since the Unix epoch
     */
    Optional<String> problem(Bytes key, Bytes value, long wallTime);

    /**
     * Which of two values is to be preferred: positive if the first is, negative if the other is, 0 if they are equally good. A total
     * preorder, of values that are not valid too. It does not depend on the time.
     *
     * @param key the whole key, with its namespace
     */
    int better(Bytes key, Bytes one, Bytes other);
}
