package dev.dunlin.core.store;

/**
 * The one thing that an action is about: a peer, a session, a query. Logs are searched by it, and a machine's state diagram is
 * drawn for it.
 *
 * @param kind such as {@code peer}
 * @param key its canonical text
 */
public record Subject(String kind, String key) {

    /** About the machine as a whole. */
    public static final Subject MACHINE = new Subject("machine", "");

    /** The subject of a kind that some value's text names. */
    public static Subject of(String kind, Object key) {
        return new Subject(kind, key.toString());
    }
}
