package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.RawPeer.RST;
import static dev.dunlin.connection.netty.RawPeer.SYN;
import static dev.dunlin.connection.netty.RawPeer.WINDOW;
import static dev.dunlin.connection.netty.RawPeer.frame;
import static dev.dunlin.connection.netty.RawPeer.upgraded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.gate.StreamGate.Refusal;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is refused before the node hears of it, and what it is told of ends. */
@Timeout(120)
class DoorTest {

    private static final int GO_AWAY = RawPeer.GO_AWAY;

    @Test
    void streamsThatAreOpenedAndResetWithoutEndEndTheSessionAndCostNoInput() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT);
                RawPeer peer = upgraded(node.listen())) {
            node.next(ConnectionAction.Accepted.class);
            int sent = 0;
            try {
                for (int id = 1; sent < 1_500_000; id += 2, sent++) {
                    peer.send(frame(WINDOW, SYN, id, 0), frame(WINDOW, RST, id, 0));
                }
            } catch (IOException closed) {
                // As it should be.
            }
            ConnectionAction.Closed closed = node.next(ConnectionAction.Closed.class);
            assertThat(closed.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(closed.detail()).isEqualTo("too many streams were opened for being refused");
            assertThat(node.transport.gate().refused(Refusal.TOO_FAST)).isBetween(1L, 10_000L);
            assertThat(node.seen()).noneMatch(StreamAction.class::isInstance);
            assertThat(node.transport.gate().streams()).isZero();
        }
    }

    private static final String READS = "/test/reads/1.0.0";
    private static final byte[] PROPOSAL = RawPeer.joined(RawPeer.message(RawPeer.MULTISTREAM), RawPeer.message(READS));

    private static LoneTransport perProtocol(int most) {
        return LoneTransport.serving(
                StreamConfig.of(Table.of("stream.maxInboundPerProtocol", String.valueOf(most))), Set.of(READS));
    }

    /** Of so many proposals, how many are agreed, and how many reset before anything is said to them. */
    private static List<Integer> agreedAndReset(RawPeer peer, int proposals) throws IOException {
        for (int i = 0; i < proposals; i++) {
            peer.send(RawPeer.data(SYN, 1 + 2 * i, PROPOSAL));
        }
        List<Integer> agreed = new ArrayList<>();
        List<Integer> reset = new ArrayList<>();
        while (agreed.size() + reset.size() < proposals) {
            RawPeer.Frame seen = peer.read();
            if (seen.has(RST)) {
                assertThat(agreed).doesNotContain(seen.id());
                reset.add(seen.id());
            } else if (seen.type() == RawPeer.DATA && new String(seen.body(), StandardCharsets.UTF_8).contains(READS)) {
                agreed.add(seen.id());
            }
        }
        return List.of(agreed.size(), reset.size());
    }

    @Test
    void whatALimitRefusesIsRefusedBeforeItsProtocolIsAgreed() throws Exception {
        try (LoneTransport node = perProtocol(3);
                RawPeer peer = upgraded(node.listen())) {
            assertThat(agreedAndReset(peer, 8)).containsExactly(3, 5);
            assertThat(node.transport.gate().refused(Refusal.PROTOCOL_FULL)).isEqualTo(5);
            assertThat(node.seen().stream().filter(StreamAction.class::isInstance))
                    .hasSize(3);
            peer.close();
            node.next(ConnectionAction.Closed.class);
            assertThat(node.transport.gate().streams()).isZero();
        }
    }

    @Test
    void aPlaceOfAProtocolIsFreeAgainWhenItsStreamIsOver() throws Exception {
        try (LoneTransport node = perProtocol(1);
                RawPeer peer = upgraded(node.listen())) {
            peer.send(RawPeer.data(SYN, 1, PROPOSAL), frame(WINDOW, RST, 1, 0), RawPeer.data(SYN, 3, PROPOSAL));
            node.next(StreamAction.StreamAccepted.class);
            node.next(StreamAction.StreamAccepted.class);
            assertThat(node.transport.gate().refused(Refusal.PROTOCOL_FULL)).isZero();
        }
    }

    @Test
    void whatANodeWithoutRoomDoesNotTakeIsRefusedBeforeItsProtocolIsAgreed() throws Exception {
        try (LoneTransport node = LoneTransport.serving(Set.of(READS));
                RawPeer peer = upgraded(node.listen())) {
            node.next(ConnectionAction.Accepted.class);
            node.offers = Port.Offer.FULL;
            assertThat(agreedAndReset(peer, 4)).containsExactly(0, 4);
            assertThat(node.transport.gate().refused(Refusal.NODE_BUSY)).isEqualTo(4);
        }
    }

    @Test
    void silentSocketsOfOneSubnetLockNobodyElseOut() throws Exception {
        List<RawPeer> silent = new ArrayList<>();
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT)) {
            int port = node.listen();
            for (int i = 0; i < 128; i++) {
                silent.add(RawPeer.connect(port));
            }
            LoneTransport.await("accepted", () -> node.transport.stats().accepted() == 128);
            assertThat(node.transport.stats().pendingInbound()).isEqualTo(Limits.DEFAULT.maxPendingPerSubnet());
            for (int i = 0; i < 20; i++) {
                try (RawPeer good = RawPeer.connect(port, 0, "127.0.1." + (i + 1))
                        .negotiated()
                        .secured(true)) {
                    good.pingPong(i);
                }
            }
            assertThat(node.transport.stats().refusedPending()).isEqualTo(64);
        } finally {
            for (RawPeer peer : silent) {
                peer.close();
            }
        }
    }

    @Test
    void theNodeIsToldThatAPeerGoesAway() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT);
                RawPeer peer = upgraded(node.listen())) {
            ConnectionAction.Accepted accepted = node.next(ConnectionAction.Accepted.class);
            peer.send(frame(GO_AWAY, 0, 0, 1));
            assertThat(node.next(ConnectionAction.WentAway.class))
                    .isEqualTo(new ConnectionAction.WentAway(accepted.connection(), accepted.peer(), 1));
            peer.close();
            ConnectionAction.Closed closed = node.next(ConnectionAction.Closed.class);
            assertThat(closed.reason()).isEqualTo(CloseReason.REMOTE);
            assertThat(closed.detail()).isEqualTo("it went away with code 1");
        }
    }

    @Test
    void whereTheNodeTakesNothingItIsToldOfTheGoingAwayLater() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT);
                RawPeer peer = upgraded(node.listen())) {
            node.next(ConnectionAction.Accepted.class);
            node.offers = Port.Offer.FULL;
            peer.send(frame(GO_AWAY, 0, 0, 0));
            peer.pingPong(1);
            node.offers = Port.Offer.TAKEN;
            assertThat(node.next(ConnectionAction.WentAway.class).code()).isZero();
        }
    }

    @Test
    void aBrokenRuleIsNamedAtTheEnd() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT);
                RawPeer peer = upgraded(node.listen())) {
            node.next(ConnectionAction.Accepted.class);
            // The listener's parity.
            peer.send(frame(WINDOW, SYN, 2, 0));
            ConnectionAction.Closed closed = node.next(ConnectionAction.Closed.class);
            assertThat(closed.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(closed.detail()).isEqualTo("a stream was opened with a number that is this node's to give");
        }
    }
}
