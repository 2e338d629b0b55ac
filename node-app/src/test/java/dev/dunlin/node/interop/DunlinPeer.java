package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.netty.Limits;
import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.protocols.DunlinProtocols;
import dev.dunlin.connection.protocols.Served;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.yamux.YamuxLimits;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.NodeRoot;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A real node in this process that serves the test protocols and listens on the loopback. It is recorded, and its log verified at
 * its end.
 */
final class DunlinPeer implements AutoCloseable {

    /** How long each step may take. */
    static final Duration DEADLINE = Counterpart.DEADLINE;

    /** More than any test opens at once. */
    private static final int STREAMS = 4096;

    private static final Multiaddr ANY_PORT = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    private final PrivateKey key;
    private final Node node;
    private final Multiaddr address;
    private final Recording<NodeRoot> recording = new Recording<>(NodeRoot::newStore);
    private final BlockingQueue<Served> served = new LinkedBlockingQueue<>();
    private final DunlinProtocols protocols = new DunlinProtocols(served::add);

    private DunlinPeer(PrivateKey key, boolean earlyMuxer, Map<String, String> config) {
        this.key = key;
        YamuxLimits yamux = YamuxLimits.defaults().toBuilder()
                .maxInboundStreams(STREAMS)
                .maxOutboundStreams(STREAMS)
                .build();
        NodeOptions options = NodeOptions.DEFAULT
                .withEarlyMuxer(earlyMuxer)
                .withLog(recording.folder())
                .withLimits(Limits.DEFAULT.withYamux(yamux))
                .with("stream.maxInbound", String.valueOf(STREAMS))
                .with("stream.maxInboundPerPeer", String.valueOf(STREAMS))
                .with("stream.maxInboundPerConnection", String.valueOf(STREAMS))
                .with("stream.maxInboundPerProtocol", String.valueOf(STREAMS))
                .with("stream.inboundBurst", String.valueOf(STREAMS))
                .with("stream.maxOutbound", String.valueOf(STREAMS))
                .with("stream.maxOutboundPerPeer", String.valueOf(STREAMS))
                .with("stream.maxOutboundPerConnection", String.valueOf(STREAMS))
                .with("stream.maxOpens", String.valueOf(STREAMS))
                // A loaded machine is slow, and no test is about these times.
                .with("stream.openTimeout", micros(DEADLINE))
                .with("connection.dialTimeout", micros(DEADLINE))
                .with("identify.timeout", micros(DEADLINE))
                .with("ping.timeout", micros(DEADLINE))
                .with("ping.interval", "0")
                .serving(protocols.all());
        for (Map.Entry<String, String> setting : config.entrySet()) {
            options = options.with(setting.getKey(), setting.getValue());
        }
        node = Node.start(key, options);
        address = node.listen(ANY_PORT).getFirst();
    }

    static DunlinPeer start(KeyType type, boolean earlyMuxer) {
        return start(type, earlyMuxer, Map.of());
    }

    /** One that is configured besides. */
    static DunlinPeer start(KeyType type, boolean earlyMuxer, Map<String, String> config) {
        return new DunlinPeer(PrivateKey.generate(type, new SecureRandom()), earlyMuxer, config);
    }

    /** One with this key. */
    static DunlinPeer start(PrivateKey key) {
        return new DunlinPeer(key, true, Map.of());
    }

    private static String micros(Duration time) {
        return String.valueOf(TimeUnit.NANOSECONDS.toMicros(time.toNanos()));
    }

    Node node() {
        return node;
    }

    PeerId id() {
        return node.self();
    }

    /** Where it listens, its id at the end. */
    Multiaddr address() {
        return address;
    }

    /** Its public key's message, in hex. */
    String publicKey() {
        return HexFormat.of().formatHex(key.publicKey().toProtobuf());
    }

    DunlinProtocols protocols() {
        return protocols;
    }

    void connect(Multiaddr to) {
        node.connect(to, DEADLINE);
    }

    /** Where a peer may be. */
    List<Multiaddr> addresses(PeerId peer) {
        return node.addresses(peer);
    }

    Description identified(PeerId peer) {
        return node.identified(peer, DEADLINE);
    }

    StreamChannel open(PeerId peer, String protocol) {
        return node.open(peer, List.of(protocol), DEADLINE);
    }

    /** Opens a stream and carries out a transfer on it. */
    Transfer.Done transfer(PeerId peer, String protocol, Transfer transfer) {
        return await(transfer.on(open(peer, protocol)));
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** The next served stream that is over, of this protocol; others before it are dropped. */
    Served served(String protocol) {
        try {
            for (Served next = served.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                    next != null;
                    next = served.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                if (next.protocol().equals(protocol)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("no stream of " + protocol + " has ended");
    }

    /** Waits until the state is as wished. */
    void await(String what, Predicate<StoreState<NodeRoot>> wished) {
        assertThat(node.await(wished, DEADLINE)).as(what).isTrue();
    }

    /** Waits until nothing of any peer is left: no handle in the state but the listener's, no other socket in the transport. */
    void assertClean() {
        await(
                "no connection in the state",
                state -> state.node().handles().size() == 1
                        && state.root().connection().connections().isEmpty()
                        && state.root().stream().streams().isEmpty()
                        && state.root().stream().opens().isEmpty());
        // What the remote gave up right after its handshake may not be in the state yet.
        awaitTransport(
                "only the listener is left",
                stats -> stats.sockets() == 1
                        && stats.connections() == 0
                        && stats.streams() == 0
                        && stats.pendingInbound() == 0);
        assertThat(node.runtime().stats().handlerFailures()).isZero();
        assertThat(node.runtime().ended()).isNotDone();
    }

    /**
     * Waits until the transport's figures are as wished. It tells the node of an end before it strikes the handle off
     * its own table, so the figures may be behind the state.
     */
    void awaitTransport(String what, Predicate<TransportStats> wished) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!wished.test(node.net().stats())) {
            assertThat(System.nanoTime()).as("%s: %s", what, node.net().stats()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Override
    public void close() {
        node.close();
        assertThat(recording.verify().node().handles().isEmpty())
                .as("the end of each socket is in the log")
                .isTrue();
    }
}
