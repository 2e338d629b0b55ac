package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** What a hostile peer does on one connection, until the node closes it. */
enum Attack {
    /** One byte of the upgrade each second. */
    SLOW_HANDSHAKE(false) {
        @Override
        void on(RawPeer peer) throws IOException {
            byte[] upgrade =
                    RawPeer.joined(PolitePeer.HEADER, RawPeer.message("/noise"), RawPeer.firstHandshakeMessage());
            for (byte one : upgrade) {
                peer.write(new byte[] {one});
                Pace.hold(Duration.ofSeconds(1));
            }
            awaitClose(peer);
        }
    },

    /** Streams as fast as they can be opened, as {@link #floodOfStreams}. */
    STREAM_FLOOD(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            floodOfStreams(peer, new LongAdder());
        }
    },

    /** Asks for as many pongs as the window lets it, and reads none. */
    NO_READS(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            peer.send(AGREED);
            for (int sent = 0; sent + CHUNK.length <= WINDOW - 256; sent += CHUNK.length) {
                peer.send(RawPeer.data(0, 1, CHUNK));
            }
            while (true) {
                // Fails when the node has closed.
                peer.send(RawPeer.frame(RawPeer.PING, RawPeer.SYN, 0, 1));
                Pace.hold(Duration.ofSeconds(1));
            }
        }
    },

    /** Pings of ping's own protocol as fast as the window lets it, and reads the answers. */
    PING_FLOOD(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            peer.send(AGREED);
            long window = WINDOW - 256;
            int consumed = 0;
            while (true) {
                while (window >= CHUNK.length) {
                    peer.send(RawPeer.data(0, 1, CHUNK));
                    window -= CHUNK.length;
                }
                RawPeer.Frame frame = peer.read();
                if (frame.type() == RawPeer.WINDOW) {
                    window += frame.id() == 1 ? frame.length() : 0;
                } else if (frame.type() == RawPeer.PING && frame.has(RawPeer.SYN)) {
                    peer.send(RawPeer.frame(RawPeer.PING, RawPeer.ACK, 0, frame.length()));
                } else if (frame.type() == RawPeer.DATA && frame.id() == 1) {
                    consumed += frame.body().length;
                    if (consumed >= WINDOW / 2) {
                        peer.send(RawPeer.frame(RawPeer.WINDOW, 0, 1, consumed));
                        consumed = 0;
                    }
                }
            }
        }
    },

    /** Pings of yamux, more than it may send. */
    YAMUX_PINGS(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            peer.send(RawPeer.repeated(512, RawPeer.frame(RawPeer.PING, RawPeer.SYN, 0, 1)));
            awaitClose(peer);
        }
    },

    /** More bytes than the window has. */
    WINDOW_OVERFLOW(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            peer.send(AGREED, RawPeer.repeated(5, RawPeer.data(0, 1, new byte[60_000])));
            awaitClose(peer);
        }
    },

    /** A frame of yamux that says it is far longer than any may be. */
    LONG_FRAME(true) {
        @Override
        void on(RawPeer peer) throws IOException {
            peer.send(AGREED, RawPeer.frame(RawPeer.DATA, 0, 1, Integer.MAX_VALUE, new byte[1024]));
            awaitClose(peer);
        }
    },

    /** A message of the handshake that says it is longer than any may be. */
    LONG_NOISE(false) {
        @Override
        void on(RawPeer peer) throws IOException {
            byte[] begun = new byte[1024];
            Arrays.fill(begun, (byte) 0xff);
            peer.negotiated().write(begun);
            awaitClose(peer);
        }
    };

    private static final int WINDOW = 256 << 10;
    private static final byte[] AGREED =
            RawPeer.data(RawPeer.SYN, 1, RawPeer.joined(PolitePeer.HEADER, PolitePeer.PING));
    private static final byte[] PROPOSAL = RawPeer.joined(PolitePeer.HEADER, RawPeer.message("/none/1.0.0"));

    /** As many pings as fit a frame of four KiB. */
    private static final byte[] CHUNK = new byte[4096];

    private static final int OPENS_AT_ONCE = 64;

    private final boolean upgraded;

    Attack(boolean upgraded) {
        this.upgraded = upgraded;
    }

    /** Whether it begins behind the upgrade. */
    boolean isUpgraded() {
        return upgraded;
    }

    /** Attacks until the node closes the connection, which may show as an exception. */
    abstract void on(RawPeer peer) throws IOException;

    /**
     * Opens streams as fast as it can until the node closes: one is reset at once, the next proposes a protocol that is not served.
     *
     * @param opened counts them
     */
    static void floodOfStreams(RawPeer peer, LongAdder opened) throws IOException {
        // What the node answers is thrown away: unread, it would stop the flood.
        Thread reading = Thread.ofVirtual().start(() -> {
            try {
                awaitClose(peer);
            } catch (IOException e) {
                // The flood hears of it too.
            }
        });
        try {
            for (int id = 1; id > 0; ) {
                byte[][] opens = new byte[OPENS_AT_ONCE * 3 / 2][];
                for (int i = 0; i < opens.length; i += 3, id += 4) {
                    opens[i] = RawPeer.frame(RawPeer.WINDOW, RawPeer.SYN, id, 0);
                    opens[i + 1] = RawPeer.frame(RawPeer.WINDOW, RawPeer.RST, id, 0);
                    opens[i + 2] = RawPeer.data(RawPeer.SYN, id + 2, PROPOSAL);
                }
                peer.send(opens);
                opened.add(OPENS_AT_ONCE);
            }
        } finally {
            peer.kill();
            join(reading);
        }
    }

    private static void join(Thread thread) throws InterruptedIOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("it is over");
        }
    }

    private static void awaitClose(RawPeer peer) throws IOException {
        if (!peer.isClosedWithin(Duration.ofHours(1))) {
            throw new IOException("the node keeps the connection");
        }
    }
}
