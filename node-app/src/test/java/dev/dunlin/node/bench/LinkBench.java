package dev.dunlin.node.bench;

import static dev.dunlin.node.bench.Figures.LOG;
import static dev.dunlin.node.bench.Figures.ratios;
import static dev.dunlin.node.bench.Figures.spread;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.node.interop.Counterpart;
import dev.dunlin.node.interop.DelayingProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Throughput of one stream over a link of 60 ms there and back, by a proxy that delays and limits nothing, of Dunlin, js, go and
 * rust, each to its own kind and each peer a process of its own, in turn within one run. Beside it the same through the proxy
 * without a delay, and bare bytes through the proxy, which shows that the proxy is not what is measured. Every transfer is on a
 * new stream, so that it begins with the smallest window and includes the growth.
 *
 * <p>System properties as in {@link TransportBench}; a transfer is of 64 MiB if not told otherwise, as some take long.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class LinkBench {

    private static final int MIB = Integer.getInteger("dunlin.bench.mib", 64);
    private static final int ROUNDS = Integer.getInteger("dunlin.bench.rounds", 5);
    private static final int WARM_UP = Integer.getInteger("dunlin.bench.warm", 3);
    private static final long BYTES = (long) MIB << 20;
    private static final List<Integer> ROUND_TRIPS = List.of(0, 60);
    private static final long PATIENCE_SECONDS = 120;
    private static final int MOST_WINDOW_MIB = 16;
    private static final int MOST_STARTS = 5;

    /** One pair on one link. */
    private static final class Linked implements AutoCloseable {
        final Pair pair;
        final DelayingProxy proxy;
        final List<Double> up = new ArrayList<>();
        final List<Double> down = new ArrayList<>();

        private Linked(Pair pair, DelayingProxy proxy) {
            this.pair = pair;
            this.proxy = proxy;
        }

        /** Starts a pair that is connected through a proxy. */
        static Linked start(Pair.Kind kind, int roundTripMillis) throws IOException {
            for (int tries = 1; ; tries++) {
                Pair pair = Pair.start(kind);
                Linked linked = new Linked(
                        pair, new DelayingProxy(pair.address().port().orElseThrow(), oneWay(roundTripMillis)));
                try {
                    pair.dial(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + linked.proxy.listeningPort())
                            .withPeer(pair.address().peerId().orElseThrow()));
                    return linked;
                } catch (Counterpart.Failed failed) {
                    // rust dials from the port that it listens on, which may be taken: another process has another.
                    linked.close();
                    if (tries == MOST_STARTS) {
                        throw failed;
                    }
                }
            }
        }

        /** A transfer each way; what is to be said of it. */
        String round(boolean counts) {
            long before = carried();
            double upload = pair.transfer(true, 1, BYTES);
            double download = pair.transfer(false, 1, BYTES);
            if (carried() - before < 2 * BYTES) {
                throw new IllegalStateException("the peers have found a way around the proxy");
            }
            if (counts) {
                up.add(upload);
                down.add(download);
            }
            return String.format(Locale.ROOT, "up %.2f, down %.2f", upload, download);
        }

        private long carried() {
            return proxy.towardsListener() + proxy.towardsDialler();
        }

        @Override
        public void close() {
            pair.close();
            proxy.close();
        }
    }

    /** A delay, and all that is measured with it. */
    private record Link(int millis, Map<Pair.Kind, Linked> pairs, List<Double> bare) {}

    private static Duration oneWay(int roundTripMillis) {
        return Duration.ofMillis(roundTripMillis).dividedBy(2);
    }

    @Test
    void oneStreamOverALongLink() throws IOException {
        List<Link> links = new ArrayList<>();
        try {
            for (int millis : ROUND_TRIPS) {
                Link link = new Link(millis, new EnumMap<>(Pair.Kind.class), new ArrayList<>());
                links.add(link);
                for (Pair.Kind kind : Pair.Kind.values()) {
                    Optional<String> missing = kind.missing();
                    if (missing.isPresent()) {
                        LOG.info("{}: skipped, {}", kind, missing.get());
                    } else {
                        link.pairs.put(kind, Linked.start(kind, millis));
                    }
                }
            }
            for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                for (Link link : links) {
                    round(i, link);
                }
            }
        } finally {
            links.forEach(link -> link.pairs.values().forEach(Linked::close));
        }
        LOG.info("{} MiB a transfer, {} rounds after {} to warm up; median (least to greatest)", MIB, ROUNDS, WARM_UP);
        links.forEach(LinkBench::print);
    }

    private static void round(int number, Link link) throws IOException {
        boolean counts = number >= WARM_UP;
        for (Map.Entry<Pair.Kind, Linked> each : link.pairs.entrySet()) {
            String now = each.getValue().round(counts);
            LOG.info(
                    "round {}{}, {} ms, {}: {}",
                    number + 1,
                    counts ? "" : " to warm up",
                    link.millis,
                    each.getKey(),
                    now);
        }
        double bytes = bareBytes(link.millis);
        if (counts) {
            link.bare.add(bytes);
        }
    }

    private static void print(Link link) {
        String where = link.millis + " ms there and back";
        LOG.info("{}: bare bytes through the proxy: {} MiB/s", where, spread(link.bare));
        if (link.millis > 0) {
            LOG.info(
                    "{}: a window of {} MiB allows at most {} MiB/s",
                    where,
                    MOST_WINDOW_MIB,
                    String.format(Locale.ROOT, "%.0f", MOST_WINDOW_MIB * 1000.0 / link.millis));
        }
        Optional<Linked> dunlin = Optional.ofNullable(link.pairs.get(Pair.Kind.DUNLIN));
        link.pairs.forEach((kind, linked) -> {
            LOG.info(
                    "{}: {} to {}, 1 stream: upload {} MiB/s, download {} MiB/s",
                    where,
                    kind,
                    kind,
                    spread(linked.up),
                    spread(linked.down));
            if (kind != Pair.Kind.DUNLIN) {
                dunlin.ifPresent(ours -> LOG.info(
                        "{}: dunlin / {}: upload {}, download {}",
                        where,
                        kind,
                        spread(ratios(ours.up, linked.up)),
                        spread(ratios(ours.down, linked.down))));
            }
        });
    }

    /** Bytes as they are, through a proxy of their own, MiB a second from the first read to the last. */
    private static double bareBytes(int millis) throws IOException {
        try (ServerSocketChannel listening =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DelayingProxy proxy = new DelayingProxy(listening.socket().getLocalPort(), oneWay(millis));
                SocketChannel near = SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.listeningPort()));
                SocketChannel far = listening.accept()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(
                    () -> {
                        try {
                            send(near);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    },
                    task -> Thread.ofPlatform().daemon().start(task));
            ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 18);
            long received = Math.max(0, far.read(bytes));
            long begun = System.nanoTime();
            while (received < BYTES) {
                int count = far.read(bytes.clear());
                if (count < 0) {
                    throw new IOException("the connection ended after " + received + " bytes");
                }
                received += count;
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            sent.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
            return MIB / seconds;
        }
    }

    private static void send(SocketChannel to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 18);
        for (long left = BYTES; left > 0; ) {
            left -= to.write(bytes.clear().limit((int) Math.min(left, bytes.capacity())));
        }
    }
}
