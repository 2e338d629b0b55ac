package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whole nodes on the loopback interface. */
class NodesTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Multiaddr ANY_PORT = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");
    private static final int TRIES = 100;

    private static Node newNode() {
        return Node.start(
                PrivateKey.generate(KeyType.ED25519, new SecureRandom()),
                NodeOptions.DEFAULT
                        .with("connection.maxAttempts", "1")
                        .with("connection.spareTimeout", "100000")
                        // No stream that is kept for later holds up an orderly close.
                        .with("connection.closeTimeout", "3600000000")
                        .with("ping.interval", "0"));
    }

    /** Whether both have come to rest with the same connections, known by their handshakes, and no other sockets. */
    private static boolean share(Node one, Node two, int connections) {
        return atRest(one)
                && atRest(two)
                && handshakes(one).size() == connections
                && handshakes(one).equals(handshakes(two));
    }

    private static boolean atRest(Node node) {
        TransportStats stats = node.net().stats();
        return node.runtime().state().root().connection().dialling() == 0
                && stats.pendingInbound() == 0
                && stats.connections() == handshakes(node).size()
                && stats.sockets() == stats.connections() + 1;
    }

    private static Set<Bytes> handshakes(Node node) {
        Set<Bytes> hashes = new HashSet<>();
        ConnectionState state = node.runtime().state().root().connection();
        state.connections()
                .keys()
                .forEach(handle -> hashes.add(state.connections().at(handle).handshakeHash()));
        return hashes;
    }

    private static void await(String what, Node one, Node two, int connections) {
        try {
            NodeProcess.eventually(what, () -> share(one, two, connections) ? Optional.of(true) : Optional.empty());
        } catch (AssertionError late) {
            throw new AssertionError(figures(one) + "\n" + figures(two), late);
        }
    }

    private static String figures(Node node) {
        return node.net().stats() + ", " + node.runtime().state().root().connection();
    }

    @Test
    void aNodeCallsItselfDunlinUnlessItIsToldOtherwise() {
        assertThat(callsItself(NodeOptions.DEFAULT)).startsWith("dunlin/");
        assertThat(callsItself(NodeOptions.DEFAULT.with("identify.agentVersion", "fleet/7")))
                .isEqualTo("fleet/7");
    }

    private static String callsItself(NodeOptions options) {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        try (Node node = Node.start(key, options)) {
            assertThat(node.await(state -> state.node().run() == 1, NodeProcess.PATIENCE))
                    .isTrue();
            return node.runtime().state().root().identify().config().agentVersion();
        }
    }

    @Test
    void twoNodesThatDialEachOtherAtOnceAreLeftWithOneConnection() {
        try (Node one = newNode();
                Node two = newNode()) {
            Multiaddr first = one.listen(ANY_PORT).getFirst();
            Multiaddr second = two.listen(ANY_PORT).getFirst();
            for (int i = 0; i < TRIES; i++) {
                CompletableFuture<Action.Ticketed> there = one.connecting(second, SOON);
                CompletableFuture<Action.Ticketed> back = two.connecting(first, SOON);
                assertThat(there.join()).isInstanceOf(ConnectionOutcome.ConnectDone.class);
                assertThat(back.join()).isInstanceOf(ConnectionOutcome.ConnectDone.class);
                // What was answered is usable, whichever of two connections it was about.
                assertThat(one.ping(two.self(), 1, Duration.ZERO, SOON).rttsMicros())
                        .hasSize(1);
                assertThat(two.ping(one.self(), 1, Duration.ZERO, SOON).rttsMicros())
                        .hasSize(1);
                await("one connection, and one socket beside the listener's", one, two, 1);
                one.disconnect(two.self());
                await("no connection", one, two, 0);
            }
        }
    }

    @Test
    void aBusyPortIsOneSentenceAndIsFreeWhenItsNodeIsGone() {
        try (Node late = newNode()) {
            Multiaddr busy;
            try (Node early = newNode()) {
                busy = early.listen(ANY_PORT).getFirst().withoutPeer().orElseThrow();
                assertThatThrownBy(() -> late.listen(busy))
                        .isInstanceOf(CommandFailure.class)
                        .hasMessageContaining("in use")
                        .hasMessageContaining(busy.toString())
                        .hasMessageNotContaining("\n");
            }
            assertThat(late.listen(busy)).containsExactly(busy.withPeer(late.self()));
        }
    }
}
