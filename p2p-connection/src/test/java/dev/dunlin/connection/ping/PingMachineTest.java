package dev.dunlin.connection.ping;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.clause;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerCame;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerMissing;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffect.AskInit;
import dev.dunlin.connection.ping.PingAction.Linked;
import dev.dunlin.connection.ping.PingAction.PeerDue;
import dev.dunlin.connection.ping.PingAction.PeerUnresponsive;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingAction.PongLost;
import dev.dunlin.connection.ping.PingAction.PongReceived;
import dev.dunlin.connection.ping.PingAction.Unlinked;
import dev.dunlin.connection.ping.PingOutcome.PingDone;
import dev.dunlin.connection.ping.PingOutcome.PingFailed;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PingMachineTest {

    private static final Ticket TICKET = new Ticket("test", 1);

    private static AskInit ping(Bench bench) {
        return bench.last(AskInit.class).orElseThrow();
    }

    private static void pong(Bench bench, long rtt) {
        AskInit ping = ping(bench);
        bench.say(new AnswerCame(ping.ask(), ping.stream(), ping.message(), rtt));
        assertThat(bench.derived(PongReceived.class)).hasSize(1);
    }

    private static void gone(Bench bench, String why) {
        AskInit ping = ping(bench);
        bench.say(new AnswerMissing(ping.ask(), ping.stream(), AskFailure.RESET, why));
    }

    private static boolean waits(Bench bench, int peer) {
        return state(bench, peer).ping().isPresent();
    }

    private static Subject about(int peer) {
        return Subject.of(OfPeer.KIND, peer(peer));
    }

    private static PingState.Peer state(Bench bench, int peer) {
        return bench.root().ping().peers().at(peer(peer));
    }

    @Test
    void pingsEachConnectedPeerPeriodicallyOnOneStream() {
        Bench bench = new Bench("ping.timeout", "30000000");
        bench.accept(1);
        bench.pass(15 * SECOND);
        Handle stream = bench.open(1, PingProtocol.ID);
        pong(bench, 700);
        bench.pass(15 * SECOND - 1);
        assertThat(bench.effects(AskInit.class)).hasSize(1);
        bench.pass(1);
        assertThat(bench.effects(AskInit.class).stream().map(AskInit::stream)).containsExactly(stream, stream);
        assertThat(bench.effects(AskInit.class).stream().map(AskInit::message)).doesNotHaveDuplicates();
        pong(bench, 300);
        assertThat(state(bench, 1).rtts()).containsExactly(700L, 300L);
    }

    @Test
    void anIntervalOfZeroSendsNothingByItself() {
        Bench bench = new Bench("ping.interval", "0", "connection.idleTimeout", "0");
        bench.accept(1);
        bench.pass(3600 * SECOND);
        assertThat(bench.opens(PingProtocol.ID)).isEmpty();
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingProtocol.ID);
        pong(bench, 5);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
    }

    @Test
    void aWishIsDoneWithItsTicketAndTimes() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 3, SECOND));
        bench.open(1, PingProtocol.ID);
        pong(bench, 10);
        bench.pass(SECOND - 1);
        assertThat(bench.effects(AskInit.class)).hasSize(1);
        bench.pass(1);
        bench.pass(10 * SECOND);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(ping(bench).stream(), CloseMode.RESET));
        bench.pass(SECOND);
        bench.open(1, PingProtocol.ID);
        pong(bench, 30);
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(1), List.of(10L, 30L), 1));
    }

    @Test
    void wishesWaitForOneAnother() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        Ticket second = new Ticket("test", 2);
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.say(new Ping(second, peer(1), 1, 0));
        bench.open(1, PingProtocol.ID);
        pong(bench, 10);
        bench.pass(1);
        pong(bench, 20);
        assertThat(bench.actions(PingDone.class))
                .containsExactly(
                        new PingDone(TICKET, peer(1), List.of(10L), 0), new PingDone(second, peer(1), List.of(20L), 0));
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        assertThat(bench.effects(AskInit.class)).hasSize(3);
    }

    @Test
    void aLostPongCountsAndTheThirdIsReportedOnce() {
        Bench bench = new Bench();
        bench.accept(1);
        for (int i = 0; i < 5; i++) {
            bench.pass(state(bench, 1).at() - bench.now());
            bench.open(1, PingProtocol.ID);
            bench.pass(10 * SECOND - 1);
            assertThat(waits(bench, 1)).isTrue();
            bench.pass(1);
            assertThat(waits(bench, 1)).isFalse();
            assertThat(bench.actions(PeerUnresponsive.class)).hasSize(i < 2 ? 0 : 1);
        }
        assertThat(bench.actions(PeerUnresponsive.class)).containsExactly(new PeerUnresponsive(peer(1), 3));
        bench.pass(state(bench, 1).at() - bench.now());
        bench.open(1, PingProtocol.ID);
        pong(bench, 1);
        assertThat(state(bench, 1).failures()).isZero();
    }

    @Test
    void otherBytesAreNoPong() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingProtocol.ID);
        bench.say(new AnswerCame(
                ping(bench).ask(),
                ping(bench).stream(),
                new PingProtocol.PingPayload(Bytes.of(new byte[PingProtocol.BYTES])),
                5));
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(1), List.of(), 1));
        assertThat(state(bench, 1).failures()).isEqualTo(1);
    }

    @Test
    void aStreamThatEndsBeforeThePongLosesItAndOneThatWaitsDoesNot() {
        Bench bench = new Bench("ping.timeout", "30000000");
        Handle connection = bench.accept(1);
        bench.pass(15 * SECOND);
        Handle first = bench.open(1, PingProtocol.ID);
        pong(bench, 1);
        bench.end(first, connection, 1);
        assertThat(state(bench, 1).failures()).isZero();
        bench.pass(15 * SECOND);
        bench.open(1, PingProtocol.ID);
        gone(bench, "gone");
        assertThat(state(bench, 1).failures()).isEqualTo(1);
    }

    @Test
    void aPeerThatDoesNotSpeakItIsNotPingedAgain() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 2, 0));
        bench.failOpen(1, PingProtocol.ID, ConnectionError.Kind.NO_COMMON_PROTOCOL);
        assertThat(bench.actions(PingFailed.class))
                .containsExactly(new PingFailed(TICKET, peer(1), "the peer does not speak the ping protocol"));
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
        bench.accept(2);
        bench.say(new Ping(TICKET, peer(2), 1, 0));
        bench.failOpen(2, PingProtocol.ID, ConnectionError.Kind.TIMED_OUT);
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(2), List.of(), 1));
    }

    @Test
    void anUnsupportedPeerIsTriedAtEachWishAndPingedAgainOnceItAnswers() {
        Bench bench = new Bench();
        bench.accept(1);
        for (int i = 0; i < 2; i++) {
            bench.say(new Ping(TICKET, peer(1), 2, 0));
            bench.failOpen(1, PingProtocol.ID, ConnectionError.Kind.NO_COMMON_PROTOCOL);
            assertThat(bench.actions(PingFailed.class)).hasSize(i + 1);
            assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
        }
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingProtocol.ID);
        pong(bench, 1);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(bench.now() + 15 * SECOND);
    }

    @Test
    void anAskThatIsRefusedIsALostPing() {
        // Identify asks each of them, too.
        Bench bench = new Bench("exchange.maxAsks", "3");
        bench.accept(1);
        bench.accept(2);
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.say(new Ping(TICKET, peer(2), 1, 0));
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(2), List.of(), 1));
        assertThat(state(bench, 2).failures()).isEqualTo(1);
        assertThat(state(bench, 2).at()).isEqualTo(bench.now() + 15 * SECOND);
    }

    @Test
    void theLastConnectionsEndEndsTheWishes() {
        Bench bench = new Bench();
        Handle one = bench.accept(1);
        Handle two = bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 2, 0));
        bench.close(one, 1);
        assertThat(bench.actions(PingFailed.class)).isEmpty();
        bench.close(two, 1);
        assertThat(bench.actions(PingFailed.class))
                .containsExactly(new PingFailed(TICKET, peer(1), "the last connection to the peer is closed"));
    }

    @Test
    void everyPingOfAPeerIsAnsweredOnTwoOfItsStreams() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        PingProtocol.PingPayload payload = new PingProtocol.PingPayload(Bytes.of(new byte[PingProtocol.BYTES]));
        for (int i = 0; i < 2; i++) {
            Handle stream = bench.acceptStream(connection, 1, PingProtocol.ID);
            assertThat(bench.last(ExchangeEffect.ReadInit.class).orElseThrow().stream())
                    .isEqualTo(stream);
            for (int ping = 0; ping < 2; ping++) {
                bench.say(new ExchangeAction.AskCame(stream, payload));
                assertThat(bench.last(ExchangeEffect.ReplyInit.class))
                        .contains(new ExchangeEffect.ReplyInit(
                                stream, PingProtocol.NAME, payload, ExchangeEffect.Then.READ));
            }
        }
        Handle third = bench.acceptStream(connection, 1, PingProtocol.ID);
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .containsExactly(new StreamEffect.CloseInit(third, CloseMode.RESET));
    }

    @Test
    void aPingHas32Bytes() {
        assertThatThrownBy(() -> new PingProtocol.PingPayload(Bytes.of(new byte[31])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsNoMoreTimesThanTheLimit() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("ping.keptRtts", String.valueOf(limit), "ping.interval", "0");
            bench.accept(1);
            bench.say(new Ping(TICKET, peer(1), 4, 0));
            bench.open(1, PingProtocol.ID);
            for (int i = 1; i <= 4; i++) {
                pong(bench, i);
                bench.pass(1);
            }
            assertThat(state(bench, 1).rtts()).hasSize(limit).endsWith(3L, 4L);
        }
    }

    @Test
    void everyClauseRefuses() {
        Bench bench = new Bench("ping.maxLinks", "2", "ping.maxJobs", "1", "ping.maxCount", "5");
        Handle connection = bench.accept(1);
        assertThat(clause(bench.say(new Linked(connection, peer(1))))).isEqualTo("peer-is-new");
        assertThat(clause(bench.say(new Unlinked(connection, peer(1))))).isEqualTo("no-connection-is-left");
        bench.accept(4);
        assertThat(clause(bench.say(new Linked(bench.handle("connection"), peer(2)))))
                .isEqualTo("peers-below-limit");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 0, 0)))).isEqualTo("count-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 6, 0)))).isEqualTo("count-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 1, -1)))).isEqualTo("interval-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(2), 1, 0)))).isEqualTo("peer-is-connected");
        assertThat(clause(bench.say(new PeerDue(peer(1))))).isEqualTo("is-due");
        PingProtocol.PingPayload payload = new PingProtocol.PingPayload(Bytes.of(new byte[PingProtocol.BYTES]));
        assertThat(clause(bench.say(new PongLost(peer(1), 1, AskFailure.RESET, ""))))
                .isEqualTo("pong-is-awaited");

        bench.close(connection, 1);
        bench.accept(3);
        bench.say(new Ping(Ticket.NONE, peer(3), 5, PingConfig.MAX_INTERVAL));
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(3), 1, 0)))).isEqualTo("jobs-below-limit");
        bench.open(3, PingProtocol.ID);
        assertThat(clause(bench.say(new PeerDue(peer(3))))).isEqualTo("is-due");
        long number = bench.root().ping().lastPing();
        assertThat(clause(bench.say(new PongReceived(peer(3), number - 1, payload, 0))))
                .isEqualTo("pong-is-awaited");
        assertThat(clause(bench.say(new PongReceived(peer(3), number, payload, -1))))
                .isEqualTo("rtt-not-negative");
        assertThat(clause(bench.say(new PongReceived(peer(3), number, payload, 0))))
                .isEmpty();
        assertThat(clause(bench.say(new PongReceived(peer(3), number, payload, 0))))
                .isEqualTo("pong-is-awaited");
    }

    @Test
    void whoHasATicketIsToldTheClause() {
        Bench bench = new Bench("ping.maxJobs", "1", "ping.maxCount", "5");
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 6, 0));
        bench.say(new Ping(TICKET, peer(1), 1, PingConfig.MAX_INTERVAL + 1));
        bench.say(new Ping(TICKET, peer(2), 1, 0));
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        assertThat(bench.actions(Refused.class).stream().map(Refused::ticket)).containsOnly(TICKET);
        assertThat(bench.actions(Refused.class).stream().map(Refused::subject))
                .containsExactly(about(1), about(1), about(2), about(1));
        assertThat(bench.actions(Refused.class).stream().map(Refused::clause))
                .containsExactly("count-in-range", "interval-in-range", "peer-is-connected", "jobs-below-limit");
    }

    @Test
    void aBootForgetsAll() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.boot("ping.interval", "7000000");
        assertThat(bench.root().ping().peers().isEmpty()).isTrue();
        assertThat(bench.root().ping().config().interval()).isEqualTo(7_000_000);
        bench.boot("ping.interval", "-1");
        assertThat(bench.root().ping().config()).isEqualTo(PingConfig.DEFAULT);
    }

    @Test
    void manyDuePeersTakeSeveralTicks() {
        Bench bench = new Bench("ping.timeout", "30000000");
        for (int i = 0; i < 200; i++) {
            bench.accept(i);
        }
        bench.pass(15 * SECOND);
        assertThat(bench.opens(PingProtocol.ID)).hasSize(200);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
    }
}
