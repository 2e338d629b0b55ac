package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.LongAdder;

/** One hostile peer that opens streams as fast as it can, and dials again at once whenever it is thrown out. */
final class Flood implements AutoCloseable {

    private static final String FROM = "127.200.0.1";

    private final int port;
    private final LongAdder streams;
    private final LongAdder thrownOut;
    private final PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    private final Thread thread;
    private volatile boolean over;

    private Flood(int port, LongAdder streams, LongAdder thrownOut) {
        this.port = port;
        this.streams = streams;
        this.thrownOut = thrownOut;
        this.thread = Thread.ofVirtual().start(this::run);
    }

    /**
     * Begins.
     *
     * @param streams counts those that it opens
     * @param thrownOut counts how often it was connected and is so no more
     */
    static Flood start(int port, LongAdder streams, LongAdder thrownOut) {
        return new Flood(port, streams, thrownOut);
    }

    private void run() {
        while (!over) {
            boolean upgraded = false;
            try (RawPeer peer = RawPeer.connect(port, 0, FROM, key)) {
                peer.negotiated().secured(true);
                upgraded = true;
                Attack.floodOfStreams(peer, streams);
            } catch (IOException e) {
                if (upgraded && !over) {
                    thrownOut.increment();
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        // An interrupt closes the socket on which a virtual thread waits.
        thread.interrupt();
        thread.join();
    }
}
