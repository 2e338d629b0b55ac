package dev.dunlin.core.store;

import org.jspecify.annotations.Nullable;

/**
 * Names something open in the world: a socket, a stream, a listener. Plain data; the thing itself is held by a service.
 *
 * @param kind what it is, in lower case, such as {@code connection}
 * @param run the generation: the run of the node that opened it, so that a handle kept from an earlier run names nothing
 * @param number unique among the handles of one run
 */
public record Handle(String kind, long run, long number) implements Comparable<Handle> {

    /** Refuses a kind that would not read back. */
    public Handle {
        if (kind.isEmpty() || kind.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a handle's kind is a word without colon, not '" + kind + "'");
        }
    }

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is not {@code kind:run:number}
     */
    public static Handle parse(String text) {
        int first = text.indexOf(':');
        int second = text.indexOf(':', first + 1);
        if (first < 1 || second < 0) {
            throw new IllegalArgumentException("a handle is KIND:RUN:NUMBER, not '" + text + "'");
        }
        try {
            Handle handle = new Handle(
                    text.substring(0, first),
                    Long.parseLong(text, first + 1, second, 10),
                    Long.parseLong(text, second + 1, text.length(), 10));
            if (!handle.toString().equals(text)) {
                throw new IllegalArgumentException("a handle has plain numbers, not '" + text + "'");
            }
            return handle;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a handle is KIND:RUN:NUMBER, not '" + text + "'", e);
        }
    }

    @Override
    public int compareTo(Handle other) {
        int order = Long.compare(run, other.run);
        if (order == 0) {
            order = Long.compare(number, other.number);
        }
        return order != 0 ? order : kind.compareTo(other.kind);
    }

    // Looked up more often than anything else: by its numbers first, of which few handles share any.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Handle that && number == that.number && run == that.run && kind.equals(that.kind);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + Long.hashCode(run);
    }

    /** {@code kind:run:number}. */
    @Override
    public String toString() {
        return kind + ":" + run + ":" + number;
    }
}
