package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The answering side of a ping stream (libp2p/specs ping/ping.md). Not thread-safe. */
public final class PongEcho {

    private final byte[] partial = new byte[PingExchange.BYTES];
    private int size;

    /** Takes the next bytes, all of them; gives back the pings that are now whole, one behind the other. */
    public byte[] feed(ByteBuffer bytes) {
        int whole = (size + bytes.remaining()) / PingExchange.BYTES * PingExchange.BYTES;
        byte[] echoed = Arrays.copyOf(partial, whole);
        if (whole > 0) {
            bytes.get(echoed, size, whole - size);
            size = 0;
        }
        int rest = bytes.remaining();
        bytes.get(partial, size, rest);
        size += rest;
        return echoed;
    }
}
