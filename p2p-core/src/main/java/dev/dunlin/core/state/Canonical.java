package dev.dunlin.core.state;

/**
 * A value that is no record, and so must say itself which content makes it up. Two equal values feed the same content;
 * two values of one type that differ feed different content.
 */
public interface Canonical {

    /** Feeds the content of this value, in a fixed order, lengths before what has no fixed length. */
    void feed(Hasher sink);
}
