package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.StoreState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.File;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes in one JVM that connect, disconnect and lose connections in all orders: nothing of it stays. */
class HandlesTest {

    private static final int CONNECTS = Integer.getInteger("dunlin.connects", 1000);
    private static final long SEED = Long.getLong("dunlin.seed", 1);
    private static final int NODES = 5;
    private static final int ROUND = 40;
    private static final String ECHO = "/test/echo/1.0.0";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
    private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();

    @BeforeEach
    void watchLeaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((resource, records) -> leaks.add(resource + records));
    }

    @AfterEach
    void watchLeaksNoMore() {
        ByteBufUtil.setLeakListener(null);
        ResourceLeakDetector.setLevel(levelBefore);
    }

    /** Sends back what comes. */
    private static final class Echo implements StreamReader {
        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            int count = bytes.readableBytes();
            stream.write(bytes);
            stream.consumed(count);
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            stream.closeWrite();
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {}
    }

    private static Node newNode() {
        return Node.start(
                PrivateKey.generate(KeyType.ED25519, new SecureRandom()),
                NodeOptions.DEFAULT
                        .with("connection.maxAttempts", "1")
                        .with("ping.interval", "50000")
                        .serving(Map.of(ECHO, stream -> new Echo())));
    }

    private static void await(String what, BooleanSupplier holds) {
        NodeProcess.eventually(what, () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    private static int openDescriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    private static long pinned() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() + PooledByteBufAllocator.DEFAULT.pinnedHeapMemory();
    }

    /** Whether a node's sockets and streams are those in its state: nothing is under way that would make them differ. */
    private static boolean agrees(Node node) {
        StoreState<NodeRoot> state = node.runtime().state();
        ConnectionState connection = state.root().connection();
        TransportStats stats = node.net().stats();
        return connection.dialling() == 0
                && stats.connections() == connection.connections().size()
                && stats.streams() == state.root().stream().streams().size()
                && stats.sockets()
                        == stats.connections() + connection.listeners().size()
                && state.node().handles().size()
                        == stats.streams()
                                + stats.connections()
                                + connection.listeners().size();
    }

    private static boolean isEmpty(TransportStats stats) {
        return stats.connections() == 0 && stats.streams() == 0 && stats.pendingInbound() == 0;
    }

    private static String figures(Node node) {
        StoreState<NodeRoot> state = node.runtime().state();
        return node.net().stats() + ", " + state.node().handles().size() + " handles, "
                + state.root().connection().connections().size() + " connections, "
                + state.root().stream().streams().size() + " streams, "
                + state.root().connection().dialling() + " dials";
    }

    private static void awaitAgreement(List<Node> nodes) {
        for (Node node : nodes) {
            try {
                await("sockets equal those in the state", () -> agrees(node));
            } catch (AssertionError late) {
                throw new AssertionError(figures(node), late);
            }
        }
    }

    @Test
    void afterConnectsDisconnectsAndKillsInAllOrdersNothingIsLeft() throws Exception {
        List<Node> nodes = new ArrayList<>();
        List<KillableProxy> proxies = new ArrayList<>();
        List<List<Multiaddr>> addresses = new ArrayList<>();
        long memoryBefore = pinned();
        try {
            for (int i = 0; i < NODES; i++) {
                Node node = newNode();
                nodes.add(node);
                Multiaddr direct =
                        node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
                KillableProxy proxy = new KillableProxy(direct.port().orElseThrow());
                proxies.add(proxy);
                addresses.add(List.of(
                        direct,
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/" + proxy.port()).withPeer(node.self())));
            }
            // Once through everything, so that what is loaded and opened on first use is not counted.
            Random random = new Random(SEED);
            AtomicInteger connected = new AtomicInteger();
            round(nodes, addresses, proxies, random, connected);
            disconnectAll(nodes);
            int descriptors = openDescriptors();
            long memory = pinned();

            connected.set(0);
            int killed = 0;
            long before = dialled(nodes);
            while (dialled(nodes) - before < CONNECTS) {
                killed += round(nodes, addresses, proxies, random, connected);
                awaitAgreement(nodes);
            }
            long sockets = dialled(nodes) - before;
            disconnectAll(nodes);
            for (Node node : nodes) {
                await(
                        "nothing is left in the transport",
                        () -> isEmpty(node.net().stats()));
                assertThat(node.runtime().state().node().handles().size()).isEqualTo(1);
                assertThat(node.runtime().stats().strayAnswers()).isZero();
                assertThat(node.runtime().stats().handlerFailures()).isZero();
            }
            await("memory back at the start: " + memory, () -> pinned() <= memory);
            await("descriptors back at the start: " + descriptors, () -> openDescriptors() <= descriptors);
            Bar.LOG.info(
                    "{} sockets dialled, {} wishes to connect granted, {} killed, seed {}: 0 handles, {} descriptors as "
                            + "before, {} bytes of buffers as before",
                    sockets,
                    connected.get(),
                    killed,
                    SEED,
                    openDescriptors(),
                    pinned());
            assertThat(connected.get()).isGreaterThan(CONNECTS / 10);
            assertThat(killed).isPositive();
        } finally {
            for (KillableProxy proxy : proxies) {
                proxy.close();
            }
            nodes.forEach(Node::close);
        }
        assertThat(pinned()).isLessThanOrEqualTo(memoryBefore);
        reportLeaks();
        assertThat(leaks).isEmpty();
    }

    private static long dialled(List<Node> nodes) {
        return nodes.stream().mapToLong(node -> node.net().stats().dialled()).sum();
    }

    /** Some connects with disconnects, kills and streams between; how many were killed. */
    private static int round(
            List<Node> nodes,
            List<List<Multiaddr>> addresses,
            List<KillableProxy> proxies,
            Random random,
            AtomicInteger connected) {
        List<CompletableFuture<?>> outcomes = new ArrayList<>();
        int asked = 0;
        int killed = 0;
        while (asked < ROUND) {
            int from = random.nextInt(NODES);
            int to = random.nextInt(NODES);
            if (from == to) {
                continue;
            }
            Node node = nodes.get(from);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    asked++;
                    Multiaddr address = addresses.get(to).get(random.nextInt(2));
                    outcomes.add(node.connecting(address, SOON)
                            .handle((outcome, failure) -> failure == null ? connected.incrementAndGet() : 0));
                }
                case 2 -> node.disconnect(nodes.get(to).self());
                case 3 -> killed += proxies.get(to).killOne(random) ? 1 : 0;
                case 4 -> {
                    String key = "stream-" + random.nextLong();
                    outcomes.add(node.runtime()
                            .ask(
                                    key,
                                    ticket -> new StreamAction.OpenStream(
                                            ticket, nodes.get(to).self(), List.of(ECHO)),
                                    SOON)
                            .handle((outcome, failure) -> 0));
                }
                default ->
                    CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                            .join();
            }
        }
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).join();
        return killed;
    }

    private static void disconnectAll(List<Node> nodes) {
        for (Node node : nodes) {
            for (Node other : nodes) {
                node.disconnect(other.self());
            }
        }
        for (Node node : nodes) {
            await(
                    "all closed",
                    () -> node.runtime()
                            .state()
                            .root()
                            .connection()
                            .connections()
                            .isEmpty());
        }
        awaitAgreement(nodes);
    }

    /** Leaks are reported when a buffer is made after the garbage collector has found the lost one. */
    private static void reportLeaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            PooledByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
    }

    @Test
    void aLeakIsReported() {
        leakOne();
        await("a report of the planted leak", () -> {
            reportLeaks();
            return !leaks.isEmpty();
        });
    }

    private static void leakOne() {
        // Of an allocator of its own: what it loses is no loss of the nodes'.
        ByteBuf lost = new PooledByteBufAllocator(false).heapBuffer(16);
        lost.writeInt(1);
    }
}
