package dev.dunlin.connection.yamux;

/** The numbers of a frame's 12 header bytes: version, type, flags, stream id, length, all big-endian. */
final class Wire {

    static final int HEADER = 12;

    static final int DATA = 0;
    static final int WINDOW_UPDATE = 1;
    static final int PING = 2;
    static final int GO_AWAY = 3;

    static final int SYN = 1;
    static final int ACK = 2;
    static final int FIN = 4;
    static final int RST = 8;

    /** The window that both sides assume at a stream's birth, in bytes. */
    static final int INITIAL_WINDOW = 256 * 1024;

    /** The largest send window: a 32-bit field can credit no more. */
    static final long MAX_WINDOW = 0xFFFF_FFFFL;

    /** The largest stream id of either parity is this or one less. */
    static final long MAX_ID = 0xFFFF_FFFFL;

    private Wire() {}

    static int word(int type, int flags) {
        return type << 16 | flags;
    }

    static int version(int word) {
        return word >>> 24;
    }

    static int type(int word) {
        return word >>> 16 & 0xFF;
    }

    static int flags(int word) {
        return word & 0xFFFF;
    }
}
