package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The answering side of a ping stream (libp2p/specs ping/ping.md). Not thread-safe. */
public final class PongEcho {

    private byte[] partial = {};

    /** Takes the next bytes, all of them; gives back the pings that are now whole, one behind the other. */
    public byte[] feed(ByteBuffer bytes) {
        byte[] all = Arrays.copyOf(partial, partial.length + bytes.remaining());
        bytes.get(all, partial.length, bytes.remaining());
        int whole = all.length / PingExchange.BYTES * PingExchange.BYTES;
        partial = Arrays.copyOfRange(all, whole, all.length);
        return Arrays.copyOf(all, whole);
    }
}
