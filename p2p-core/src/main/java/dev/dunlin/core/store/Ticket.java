package dev.dunlin.core.store;

/**
 * Says who asked: the fact that ends what was asked echoes it, so that the asker finds its own entry again. Plain data, never a
 * callback.
 *
 * @param slice the asking machine's name; {@link #API} for a caller outside the store
 * @param key what the asker knows its question by
 */
public record Ticket(String slice, String key) implements Comparable<Ticket> {

    /** The slice name of callers outside the store. */
    public static final String API = "api";

    /** Nobody waits for the outcome. */
    public static final Ticket NONE = new Ticket("", "");

    /** Refuses a slice name that would not read back. */
    public Ticket {
        if (slice.indexOf('#') >= 0) {
            throw new IllegalArgumentException("a ticket's slice has no '#': " + slice);
        }
    }

    /** Whether a machine (or the API) of this name asked. */
    public boolean isOf(String name) {
        return slice.equals(name);
    }

    @Override
    public int compareTo(Ticket other) {
        int order = slice.compareTo(other.slice);
        return order != 0 ? order : key.compareTo(other.key);
    }
}
