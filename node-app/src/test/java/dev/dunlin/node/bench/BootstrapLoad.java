package dev.dunlin.node.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Peers that stay connected, each from a network of its own, and come with tokens again and again. */
final class BootstrapLoad implements AutoCloseable {

    /** What a peer does in a turn; false if it was turned away. */
    @FunctionalInterface
    interface Work {
        boolean of(BootstrapPeer peer) throws IOException;
    }

    private final List<BootstrapPeer> peers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private final Latencies refusals = new Latencies();
    private final LongAdder done = new LongAdder();
    private final LongAdder offered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private volatile boolean over;

    /**
     * What came of it.
     *
     * @param offered how many began
     * @param done how many were whole bootstraps
     * @param refused how many were told that they are turned away
     * @param unanswered how many saw a reset, or the end of the connection
     */
    record Sum(
            long offered,
            long done,
            long refused,
            long unanswered,
            Latencies.Spread spread,
            Latencies.Spread refusals,
            double seconds) {

        double perSecond() {
            return done / seconds;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.0f of %.0f/s done, %s; %d refused, %s; %d unanswered",
                    perSecond(),
                    offered / seconds,
                    spread,
                    refused,
                    refusals,
                    unanswered);
        }
    }

    private long begun = System.nanoTime();

    private BootstrapLoad() {}

    /** Peers that are connected, and do nothing yet. */
    static BootstrapLoad connected(int port, int network, int count) throws IOException {
        BootstrapLoad load = new BootstrapLoad();
        for (int i = 0; i < count; i++) {
            load.peers.add(BootstrapPeer.connect(port, Crowd.address(network, i)));
        }
        return load;
    }

    /** The same, all from one network. */
    static BootstrapLoad connectedFrom(int port, String network, int count) throws IOException {
        BootstrapLoad load = new BootstrapLoad();
        for (int i = 0; i < count; i++) {
            load.peers.add(BootstrapPeer.connect(port, network + "." + (1 + i % 250)));
        }
        return load;
    }

    /** Each works for as long as it is answered, one after the other. */
    BootstrapLoad working(Work work) {
        return working(work, 1_000_000);
    }

    /** The same, but all together begin only so many a second. */
    BootstrapLoad working(Work work, int perSecond) {
        Pace pace = new Pace(perSecond);
        for (BootstrapPeer peer : peers) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (!over && !peer.ended().isDone()) {
                    try {
                        pace.turn();
                        offered.increment();
                        long from = System.nanoTime();
                        count(work.of(peer), System.nanoTime() - from);
                    } catch (IOException e) {
                        unanswered.increment();
                    }
                }
            }));
        }
        return this;
    }

    private void count(boolean isDone, long took) {
        if (isDone) {
            done.increment();
            latencies.add(took);
        } else {
            refused.increment();
            refusals.add(took);
        }
    }

    /** All together begin so many stock bootstraps a second, whether they are answered or not. */
    BootstrapLoad flooding(String token, int perSecond) {
        Pace pace = new Pace(perSecond);
        for (BootstrapPeer peer : peers) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (!over && !peer.ended().isDone()) {
                    try {
                        pace.turn();
                        offered.increment();
                        long from = System.nanoTime();
                        peer.begin(peer.contact(token, BootstrapPeer.newKey())).whenComplete((answer, _) -> {
                            if (answer.text().isEmpty()) {
                                unanswered.increment();
                            } else {
                                count(answer.isApproved(), System.nanoTime() - from);
                            }
                        });
                    } catch (IOException e) {
                        unanswered.increment();
                    }
                }
            }));
        }
        return this;
    }

    /** How many are still connected. */
    long left() {
        return peers.stream().filter(peer -> !peer.ended().isDone()).count();
    }

    /** What came of it since the last time. */
    Sum take() {
        long now = System.nanoTime();
        double seconds = (now - begun) / 1e9;
        begun = now;
        return new Sum(
                offered.sumThenReset(),
                done.sumThenReset(),
                refused.sumThenReset(),
                unanswered.sumThenReset(),
                latencies.take(),
                refusals.take(),
                seconds);
    }

    /** No more begin; they stay connected. */
    void stop() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        over = false;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        over = true;
        for (BootstrapPeer peer : peers) {
            peer.close();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
