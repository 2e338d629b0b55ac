package dev.dunlin.connection.bootstrap.wire;

/** How much a message of a bootstrap session may have. All is looked at before anything is taken in. */
public final class WireLimits {

    /** The longest message, in bytes. */
    public static final int MESSAGE_BYTES = 64 << 10;

    /** How deep values of JSON may stand in one another. */
    public static final int DEPTH = 16;

    /** The longest text, in characters. */
    public static final int TEXT = 8 << 10;

    /** The longest identity, as JSON in UTF-8, in bytes. */
    public static final int IDENTITY_BYTES = 32 << 10;

    /** The most addresses of one cadre. */
    public static final int ADDRESSES = 64;

    /** The longest address, in characters. */
    public static final int ADDRESS_TEXT = 512;

    /** The shortest and the longest key of idempotency, in characters. */
    public static final int LEAST_KEY = 16;

    public static final int MOST_KEY = 64;

    /** How many bytes name a session to its peer. */
    public static final int SESSION_BYTES = 16;

    private WireLimits() {}
}
