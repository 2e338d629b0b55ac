package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Many polite peers, each with an identity and a network of its own, on virtual threads. */
final class Crowd implements AutoCloseable {

    private static final int UPGRADES_AT_ONCE = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int port;
    private final Semaphore upgrades = new Semaphore(UPGRADES_AT_ONCE);
    private final CountDownLatch begun;
    private final Queue<PolitePeer> peers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile String firstLoss = "";
    private volatile boolean over;

    private Crowd(int port, int size) {
        this.port = port;
        this.begun = new CountDownLatch(size);
        for (int i = 0; i < size; i++) {
            String from = address(1, i);
            threads.add(Thread.ofVirtual().start(() -> live(from)));
        }
    }

    /** Begins to dial; so many peers. */
    static Crowd dial(int port, int size) {
        return new Crowd(port, size);
    }

    /** An address of this machine in a /24 of its own; hosts of another first network have other ones. */
    static String address(int network, int index) {
        return "127." + (network + index / 256) + "." + index % 256 + ".1";
    }

    /** Connects with an identity of its own and upgrades. */
    static RawPeer upgraded(int port, String from) throws IOException {
        RawPeer raw = RawPeer.connect(port, 0, from, PrivateKey.generate(KeyType.ED25519, RANDOM));
        try {
            return raw.negotiated().secured(true);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private void live(String from) {
        PolitePeer peer;
        upgrades.acquireUninterruptibly();
        try {
            peer = new PolitePeer(upgraded(port, from));
            peers.add(peer);
        } catch (IOException e) {
            failed.incrementAndGet();
            seen(e);
            return;
        } finally {
            upgrades.release();
            begun.countDown();
        }
        try {
            peer.serve();
        } catch (IOException e) {
            if (!over) {
                lost.incrementAndGet();
                seen(e);
            }
        }
    }

    private void seen(IOException e) {
        if (firstLoss.isEmpty()) {
            firstLoss = String.valueOf(e);
        }
    }

    /** Waits until all are connected, or have failed. */
    boolean await(Duration time) throws InterruptedException {
        return begun.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How many did not get connected. */
    int failed() {
        return failed.get();
    }

    /** How many connections ended by themselves. */
    int lost() {
        return lost.get();
    }

    /** What went wrong first; empty if nothing did. */
    String firstLoss() {
        return firstLoss;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        over = true;
        for (PolitePeer peer : peers) {
            peer.close();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
