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
import dev.dunlin.core.runtime.Port;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
            assertThat(closed.detail()).isEqualTo("wastedOpenFlood");
            assertThat(node.transport.gate().refused(Refusal.TOO_FAST)).isBetween(1L, 10_000L);
            assertThat(node.seen()).noneMatch(StreamAction.class::isInstance);
            assertThat(node.transport.gate().streams()).isZero();
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
            assertThat(closed.detail()).isEqualTo("wrongParity");
        }
    }
}
