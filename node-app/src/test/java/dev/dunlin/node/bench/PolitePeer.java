package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.connection.ping.PingProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A peer that does what it must: it answers yamux's pings and the node's streams, of which it serves ping alone. It is to be run by
 * one thread, which may be a virtual one.
 */
class PolitePeer implements AutoCloseable {

    static final byte[] HEADER = RawPeer.message(RawPeer.MULTISTREAM);
    static final byte[] PING = RawPeer.message(PingProtocol.ID);
    private static final byte[] NOT_SERVED = RawPeer.message("na");

    private final RawPeer raw;
    private final Map<Integer, Stream> streams = new HashMap<>();

    /** A stream of the node's. */
    private static final class Stream {
        private ByteArrayOutputStream proposal = new ByteArrayOutputStream();
        private boolean agreed;
        private boolean refused;
    }

    /** Takes over a connection that is upgraded. */
    PolitePeer(RawPeer raw) {
        this.raw = raw;
    }

    /** Sends frames, from any thread. */
    final synchronized void send(byte[]... frames) throws IOException {
        raw.send(frames);
    }

    /** Answers until the connection ends, by an exception. */
    final void serve() throws IOException {
        while (true) {
            take(raw.read());
        }
    }

    private void take(RawPeer.Frame frame) throws IOException {
        switch (frame.type()) {
            case RawPeer.PING -> {
                if (frame.has(RawPeer.SYN)) {
                    send(RawPeer.frame(RawPeer.PING, RawPeer.ACK, 0, frame.length()));
                }
            }
            case RawPeer.DATA, RawPeer.WINDOW -> {
                if (frame.id() % 2 == 0) {
                    answer(frame);
                } else {
                    own(frame);
                }
            }
            default -> {}
        }
    }

    /** A frame of a stream that this peer has opened. */
    void own(RawPeer.Frame frame) throws IOException {}

    private void answer(RawPeer.Frame frame) throws IOException {
        int id = frame.id();
        if (frame.has(RawPeer.RST)) {
            streams.remove(id);
            return;
        }
        if (frame.has(RawPeer.SYN)) {
            streams.put(id, new Stream());
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        if (frame.body().length > 0) {
            said(id, stream, frame.body());
        }
        if (frame.has(RawPeer.FIN)) {
            streams.remove(id);
            send(RawPeer.data(RawPeer.FIN, id));
        }
    }

    private void said(int id, Stream stream, byte[] bytes) throws IOException {
        if (stream.agreed) {
            send(RawPeer.data(0, id, bytes));
            return;
        }
        if (stream.refused) {
            return;
        }
        stream.proposal.writeBytes(bytes);
        byte[] all = stream.proposal.toByteArray();
        int end = all.length > HEADER.length ? HEADER.length + 1 + all[HEADER.length] : Integer.MAX_VALUE;
        if (all.length < end) {
            return;
        }
        stream.proposal = new ByteArrayOutputStream();
        stream.agreed = Arrays.equals(Arrays.copyOfRange(all, HEADER.length, end), PING);
        stream.refused = !stream.agreed;
        if (stream.agreed) {
            byte[] pong = Arrays.copyOfRange(all, end, all.length);
            send(RawPeer.data(RawPeer.ACK, id, RawPeer.joined(HEADER, PING, pong)));
        } else {
            send(RawPeer.data(RawPeer.ACK, id, RawPeer.joined(HEADER, NOT_SERVED)));
        }
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
