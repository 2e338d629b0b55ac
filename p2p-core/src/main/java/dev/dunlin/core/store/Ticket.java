package dev.dunlin.core.store;

/**
 * Says who asked: the outcome of what was asked echoes it, so that the asker finds its own entry again. Plain data, never a
 * callback.
 *
 * @param machine the asking machine's name; {@link #API} for a caller outside the store
 * @param key what the asker knows its question by
 */
public record Ticket(String machine, long key) implements Comparable<Ticket> {

    /** The machine name of callers outside the store. */
    public static final String API = "api";

    /** Nobody waits for the outcome. */
    public static final Ticket NONE = new Ticket("", 0);

    /** Refuses a name that would not read back, or has no bound. */
    public Ticket {
        if (machine.indexOf('#') >= 0 || machine.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "the machine of a ticket has a name of at most " + MAX_NAME + " characters without '#'");
        }
    }

    private static final int MAX_NAME = 64;

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is not {@code machine#key}
     */
    public static Ticket parse(String text) {
        int hash = text.indexOf('#');
        try {
            Ticket ticket = new Ticket(text.substring(0, hash), Long.parseLong(text, hash + 1, text.length(), 10));
            if (ticket.toString().equals(text)) {
                return ticket;
            }
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("a ticket is MACHINE#NUMBER, not '" + text + "'", e);
        }
        throw new IllegalArgumentException("a ticket is MACHINE#NUMBER, not '" + text + "'");
    }

    /** Whether nobody waits for the outcome. */
    public boolean isNone() {
        return machine.isEmpty();
    }

    /** Whether a machine (or the API) of this name asked. */
    public boolean isOf(String name) {
        return machine.equals(name);
    }

    @Override
    public int compareTo(Ticket other) {
        int order = machine.compareTo(other.machine);
        return order != 0 ? order : Long.compare(key, other.key);
    }

    /** {@code machine#key}. */
    @Override
    public String toString() {
        return machine + "#" + key;
    }
}
