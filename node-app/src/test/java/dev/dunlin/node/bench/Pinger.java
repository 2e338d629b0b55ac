package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.connection.ping.PingProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A polite peer that keeps one stream of ping and sends a ping on it each 100 ms, whether the one before is answered or not. It has
 * two threads of its own.
 */
final class Pinger extends PolitePeer {

    private static final int STREAM = 1;
    private static final int PER_SECOND = 10;
    private static final int RENEW = 128 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Latencies latencies;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final ByteBuffer pong = ByteBuffer.allocate(PingProtocol.BYTES);
    private int preface = HEADER.length + PING.length;
    private int consumed;
    private volatile boolean over;
    private volatile String ended = "";

    private Pinger(RawPeer raw, Latencies latencies) {
        super(raw);
        this.latencies = latencies;
    }

    /** Starts one on a connection that is upgraded. */
    static Pinger start(RawPeer raw, Latencies latencies) throws IOException {
        Pinger pinger = new Pinger(raw, latencies);
        pinger.send(RawPeer.data(RawPeer.SYN, STREAM, RawPeer.joined(HEADER, PING)));
        Thread.ofPlatform().daemon().name("pongs").start(() -> pinger.run(pinger::serve));
        Thread.ofPlatform().daemon().name("pings").start(() -> pinger.run(pinger::ping));
        return pinger;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            if (!over && ended.isEmpty()) {
                ended = String.valueOf(e);
            }
        }
    }

    private void ping() throws IOException {
        Pace pace = new Pace(PER_SECOND);
        while (!over && ended.isEmpty()) {
            pace.turn();
            sent.incrementAndGet();
            ByteBuffer ping = ByteBuffer.allocate(PingProtocol.BYTES).putLong(System.nanoTime());
            send(RawPeer.data(0, STREAM, ping.array()));
        }
    }

    @Override
    void own(RawPeer.Frame frame) throws IOException {
        long now = System.nanoTime();
        if (frame.has(RawPeer.RST) || frame.has(RawPeer.FIN)) {
            throw new IOException("the node ended the stream of pings");
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame.body());
        int skipped = Math.min(preface, bytes.remaining());
        bytes.position(skipped);
        preface -= skipped;
        while (bytes.hasRemaining()) {
            pong.put(bytes.get());
            if (!pong.hasRemaining()) {
                latencies.add(now - pong.flip().getLong());
                answered.incrementAndGet();
                pong.clear();
            }
        }
        consumed += frame.body().length;
        if (consumed >= RENEW) {
            send(RawPeer.frame(RawPeer.WINDOW, 0, STREAM, consumed));
            consumed = 0;
        }
    }

    /** Why it has ended by itself; empty if it has not. */
    String ended() {
        return ended;
    }

    /** Sends no more, waits for what is under way, and says how many pings were not answered. */
    long lost() {
        over = true;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (answered.get() < sent.get() && ended.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return sent.get() - answered.get();
    }

    @Override
    public void close() throws IOException {
        over = true;
        super.close();
    }
}
