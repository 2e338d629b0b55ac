package dev.dunlin.connection.noise;

/** The framing of all messages: a length of two bytes, big-endian, and the body (libp2p/specs noise/README.md). */
final class Frame {

    /** Bytes of the length. */
    static final int HEADER = 2;

    /** The longest body, in bytes. */
    static final int MAX_BODY = 0xFFFF;

    private Frame() {}

    /** The length that two bytes say. */
    static int length(byte high, byte low) {
        return (high & 0xFF) << 8 | (low & 0xFF);
    }

    /** Writes the length at a place. */
    static void putLength(int length, byte[] into, int at) {
        into[at] = (byte) (length >>> 8);
        into[at + 1] = (byte) length;
    }
}
