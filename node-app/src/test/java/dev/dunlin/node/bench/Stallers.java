package dev.dunlin.node.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Peers that begin bootstraps and do not go on with them, each from a network of its own; who is cut off begins again. On virtual threads. */
final class Stallers implements AutoCloseable {

    private static final int UPGRADES_AT_ONCE = 32;
    private static final int FIRST_NETWORK = 1;

    /** So small that what is not read stays with the node. */
    private static final int RECEIVE_BUFFER = 8 << 10;

    /** How one stalls. */
    enum Kind {
        /** It is let in, and never tells of its database. */
        NO_THIRD_MESSAGE,
        /** Its first message comes a byte a second. */
        SLOW_CONTACT,
        /** Its database is not made. */
        HANGING_HOOK,
        /** It reads nothing, and least of all its answer. */
        UNREAD
    }

    private final int port;
    private final Semaphore upgrades = new Semaphore(UPGRADES_AT_ONCE);
    private final Map<Kind, LongAdder> begun = new EnumMap<>(Kind.class);
    private final Map<Kind, LongAdder> cut = new EnumMap<>(Kind.class);
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Queue<BootstrapPeer> peers = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Boolean> leaving = new CompletableFuture<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Thread> waiting = new ArrayList<>();
    private volatile String firstFailure = "";
    private volatile boolean over;

    /** So many of each kind, which begin to dial. */
    Stallers(int port, Map<Kind, Integer> kinds) {
        this.port = port;
        int index = 0;
        for (Map.Entry<Kind, Integer> kind : kinds.entrySet()) {
            begun.put(kind.getKey(), new LongAdder());
            cut.put(kind.getKey(), new LongAdder());
            for (int i = 0; i < kind.getValue(); i++) {
                String from = Crowd.address(FIRST_NETWORK, index++);
                Thread thread = Thread.ofVirtual().start(() -> live(kind.getKey(), from));
                (kind.getKey() == Kind.NO_THIRD_MESSAGE ? waiting : threads).add(thread);
            }
        }
    }

    private BootstrapPeer connected(Kind kind, String from) throws IOException, InterruptedException {
        upgrades.acquire();
        try {
            BootstrapPeer peer = kind == Kind.UNREAD
                    ? BootstrapPeer.silent(port, from, RECEIVE_BUFFER)
                    : BootstrapPeer.connect(port, from);
            peers.add(peer);
            return peer;
        } finally {
            upgrades.release();
        }
    }

    private void live(Kind kind, String from) {
        Pace again = new Pace(1);
        while (!over) {
            try (BootstrapPeer peer = connected(kind, from)) {
                try {
                    while (!over && !peer.ended().isDone()) {
                        again.turn();
                        add(begun, kind);
                        stall(kind, peer);
                        add(cut, kind);
                    }
                } finally {
                    peers.remove(peer);
                }
            } catch (IOException e) {
                if (!over) {
                    failed.increment();
                    firstFailure = firstFailure.isEmpty() ? kind + ": " + e : firstFailure;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void add(Map<Kind, LongAdder> counts, Kind kind) {
        LongAdder count = counts.get(kind);
        if (count != null) {
            count.increment();
        }
    }

    /** Until it is cut off. */
    private void stall(Kind kind, BootstrapPeer peer) throws IOException, InterruptedException {
        switch (kind) {
            case NO_THIRD_MESSAGE -> {
                BootstrapPeer.Answer answer =
                        peer.ask(peer.contact(BootstrapListener.FOIL_TOKEN, BootstrapPeer.newKey()));
                if (answer.isApproved()) {
                    try {
                        CompletableFuture.anyOf(peer.ended(), leaving).get();
                    } catch (ExecutionException never) {
                        throw new IOException(never);
                    }
                    if (leaving.isDone()) {
                        // Whoever goes without a word is waited for.
                        peer.ask(BootstrapPeer.result(answer.session()));
                    }
                } else {
                    refused.increment();
                }
            }
            case SLOW_CONTACT -> peer.slowly(BootstrapListener.FOIL_TOKEN);
            case HANGING_HOOK -> {
                try {
                    BootstrapPeer.Answer answer = peer.begin(
                                    peer.contact(BootstrapListener.STOCK_TOKEN, BootstrapPeer.newKey()))
                            .get();
                    if (!answer.text().isEmpty()) {
                        refused.increment();
                    }
                } catch (ExecutionException never) {
                    throw new IOException(never);
                }
            }
            case UNREAD -> peer.unread();
        }
    }

    /** How often each kind began and was cut off; how many were turned away, or failed. */
    String counts() {
        return "begun " + begun + ", cut off " + cut + ", turned away " + refused + ", failed " + failed + " "
                + firstFailure;
    }

    @Override
    public void close() throws InterruptedException, IOException {
        over = true;
        leaving.complete(true);
        for (Thread thread : waiting) {
            thread.join();
        }
        for (BootstrapPeer peer : peers) {
            peer.close();
        }
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
