package dev.dunlin.connection.ping;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.clause;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.ping.PingAction.EchoAsked;
import dev.dunlin.connection.ping.PingAction.Linked;
import dev.dunlin.connection.ping.PingAction.NotOpened;
import dev.dunlin.connection.ping.PingAction.PeerDue;
import dev.dunlin.connection.ping.PingAction.PeerUnresponsive;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingAction.PongLost;
import dev.dunlin.connection.ping.PingAction.PongReceived;
import dev.dunlin.connection.ping.PingAction.StreamEnded;
import dev.dunlin.connection.ping.PingAction.Unlinked;
import dev.dunlin.connection.ping.PingEffect.SendPing;
import dev.dunlin.connection.ping.PingOutcome.PingDone;
import dev.dunlin.connection.ping.PingOutcome.PingFailed;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PingMachineTest {

    private static final Ticket TICKET = new Ticket("test", 1);

    private static SendPing ping(Bench bench) {
        return bench.last(SendPing.class).orElseThrow();
    }

    private static void pong(Bench bench, long rtt) {
        SendPing ping = ping(bench);
        assertThat(clause(bench.say(new PongReceived(ping.stream(), ping.peer(), rtt))))
                .isEmpty();
    }

    private static Subject about(int peer) {
        return Subject.of(OfPeer.KIND, peer(peer));
    }

    private static PingState.Peer state(Bench bench, int peer) {
        return bench.root().ping().peers().at(peer(peer));
    }

    @Test
    void pingsEachConnectedPeerPeriodicallyOnOneStream() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.pass(15 * SECOND);
        Handle stream = bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 700);
        bench.pass(15 * SECOND - 1);
        assertThat(bench.effects(SendPing.class)).hasSize(1);
        bench.pass(1);
        assertThat(bench.effects(SendPing.class))
                .containsExactly(new SendPing(stream, peer(1)), new SendPing(stream, peer(1)));
        pong(bench, 300);
        assertThat(state(bench, 1).rtts()).containsExactly(700L, 300L);
    }

    @Test
    void anIntervalOfZeroSendsNothingByItself() {
        Bench bench = new Bench("ping.interval", "0", "connection.idleTimeout", "0");
        bench.accept(1);
        bench.pass(3600 * SECOND);
        assertThat(bench.opens(PingMachine.PROTOCOL)).isEmpty();
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 5);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
    }

    @Test
    void aWishIsDoneWithItsTicketAndTimes() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 3, SECOND));
        bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 10);
        bench.pass(SECOND - 1);
        assertThat(bench.effects(SendPing.class)).hasSize(1);
        bench.pass(1);
        bench.pass(10 * SECOND);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(ping(bench).stream(), CloseMode.RESET));
        bench.pass(SECOND);
        bench.open(1, PingMachine.PROTOCOL);
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
        bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 10);
        bench.pass(1);
        pong(bench, 20);
        assertThat(bench.actions(PingDone.class))
                .containsExactly(
                        new PingDone(TICKET, peer(1), List.of(10L), 0), new PingDone(second, peer(1), List.of(20L), 0));
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        assertThat(bench.effects(SendPing.class)).hasSize(3);
    }

    @Test
    void aLostPongCountsAndTheThirdIsReportedOnce() {
        Bench bench = new Bench();
        bench.accept(1);
        for (int i = 0; i < 5; i++) {
            bench.pass(15 * SECOND);
            bench.open(1, PingMachine.PROTOCOL);
            bench.pass(10 * SECOND - 1);
            assertThat(state(bench, 1).stream()).isInstanceOf(Stream.Waiting.class);
            bench.pass(1);
            assertThat(state(bench, 1).stream()).isInstanceOf(Stream.Idle.class);
            assertThat(bench.actions(PeerUnresponsive.class)).hasSize(i < 2 ? 0 : 1);
        }
        assertThat(bench.actions(PeerUnresponsive.class)).containsExactly(new PeerUnresponsive(peer(1), 3));
        bench.pass(15 * SECOND);
        bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 1);
        assertThat(state(bench, 1).failures()).isZero();
    }

    @Test
    void aLatePongIsDisabled() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.pass(15 * SECOND);
        bench.open(1, PingMachine.PROTOCOL);
        SendPing late = ping(bench);
        bench.pass(10 * SECOND);
        assertThat(clause(bench.say(new PongReceived(late.stream(), late.peer(), 1))))
                .isEqualTo("pong-is-awaited");
    }

    @Test
    void aStreamThatEndsBeforeThePongLosesItAndAReadyOneDoesNot() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.pass(15 * SECOND);
        Handle first = bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 1);
        bench.end(first, connection, 1);
        assertThat(state(bench, 1).failures()).isZero();
        bench.pass(15 * SECOND);
        Handle second = bench.open(1, PingMachine.PROTOCOL);
        bench.end(second, connection, 1);
        assertThat(state(bench, 1).failures()).isEqualTo(1);
        bench.pass(15 * SECOND);
        bench.open(1, PingMachine.PROTOCOL);
        bench.say(new PongLost(ping(bench).stream(), peer(1), "other bytes came"));
        assertThat(state(bench, 1).failures()).isEqualTo(2);
    }

    @Test
    void aPeerThatDoesNotSpeakItIsNotPingedAgain() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 2, 0));
        bench.failOpen(1, PingMachine.PROTOCOL, ConnectionError.Kind.NO_COMMON_PROTOCOL);
        assertThat(bench.actions(PingFailed.class))
                .containsExactly(new PingFailed(TICKET, peer(1), "the peer does not speak the ping protocol"));
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
        bench.accept(2);
        bench.say(new Ping(TICKET, peer(2), 1, 0));
        bench.failOpen(2, PingMachine.PROTOCOL, ConnectionError.Kind.TIMED_OUT);
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(2), List.of(), 1));
    }

    @Test
    void anUnsupportedPeerIsTriedAtEachWishAndPingedAgainOnceItAnswers() {
        Bench bench = new Bench();
        bench.accept(1);
        for (int i = 0; i < 2; i++) {
            bench.say(new Ping(TICKET, peer(1), 2, 0));
            bench.failOpen(1, PingMachine.PROTOCOL, ConnectionError.Kind.NO_COMMON_PROTOCOL);
            assertThat(bench.actions(PingFailed.class)).hasSize(i + 1);
            assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
        }
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingMachine.PROTOCOL);
        pong(bench, 1);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(bench.now() + 15 * SECOND);
    }

    @Test
    void anOpeningThatIsRefusedIsALostPing() {
        // Identify opens a stream to each of them, too.
        Bench bench = new Bench("stream.maxOpens", "3");
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
        Handle late = bench.open(1, PingMachine.PROTOCOL);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(late, CloseMode.RESET));
    }

    @Test
    void echoesTwoStreamsAPeer() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        Handle first = bench.acceptStream(connection, 1, PingMachine.PROTOCOL);
        Handle second = bench.acceptStream(connection, 1, PingMachine.PROTOCOL);
        Handle third = bench.acceptStream(connection, 1, PingMachine.PROTOCOL);
        assertThat(bench.effects(PingEffect.Echo.class))
                .containsExactly(new PingEffect.Echo(first), new PingEffect.Echo(second));
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .containsExactly(new StreamEffect.CloseInit(third, CloseMode.RESET));
        bench.end(first, connection, 1);
        bench.acceptStream(connection, 1, PingMachine.PROTOCOL);
        assertThat(bench.effects(PingEffect.Echo.class)).hasSize(3);

        Bench lifted = new Bench("ping.maxEchoes", "3");
        Handle other = lifted.accept(1);
        for (int i = 0; i < 3; i++) {
            lifted.acceptStream(other, 1, PingMachine.PROTOCOL);
        }
        assertThat(lifted.effects(PingEffect.Echo.class)).hasSize(3);
        lifted.acceptStream(other, 1, "/other/1");
        assertThat(lifted.effects(PingEffect.Echo.class)).hasSize(3);
    }

    @Test
    void keepsNoMoreTimesThanTheLimit() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("ping.keptRtts", String.valueOf(limit), "ping.interval", "0");
            bench.accept(1);
            bench.say(new Ping(TICKET, peer(1), 4, 0));
            bench.open(1, PingMachine.PROTOCOL);
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
        assertThat(clause(bench.say(new NotOpened(peer(1), false)))).isEqualTo("stream-is-being-opened");
        assertThat(clause(bench.say(new PeerDue(peer(1))))).isEqualTo("is-due");
        assertThat(clause(bench.say(new PongLost(connection, peer(1), "")))).isEqualTo("pong-is-awaited");
        Handle echo = bench.handle("stream");
        bench.say(new EchoAsked(echo, peer(1)));
        assertThat(clause(bench.say(new EchoAsked(echo, peer(1))))).isEqualTo("stream-is-new");

        bench.close(connection, 1);
        bench.accept(3);
        bench.say(new Ping(Ticket.NONE, peer(3), 5, PingConfig.MAX_INTERVAL));
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(3), 1, 0)))).isEqualTo("jobs-below-limit");
        Handle stream = bench.open(3, PingMachine.PROTOCOL);
        assertThat(clause(bench.say(new PeerDue(peer(3))))).isEqualTo("is-due");
        assertThat(clause(bench.say(new PongReceived(echo, peer(3), 0)))).isEqualTo("pong-is-awaited");
        assertThat(clause(bench.say(new PongReceived(stream, peer(3), -1)))).isEqualTo("rtt-not-negative");
        assertThat(clause(bench.say(new PongReceived(stream, peer(3), 0)))).isEmpty();
        assertThat(clause(bench.say(new PongReceived(stream, peer(3), 0)))).isEqualTo("pong-is-awaited");
        assertThat(clause(bench.say(new StreamEnded(bench.handle("stream"), peer(1)))))
                .isEmpty();
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
        Bench bench = new Bench();
        for (int i = 0; i < 200; i++) {
            bench.accept(i);
        }
        bench.pass(15 * SECOND);
        assertThat(bench.opens(PingMachine.PROTOCOL)).hasSize(200);
        assertThat(bench.root().ping().peers().nextDue()).isEqualTo(Due.NEVER);
    }

    @Test
    void effectsReachTheService() {
        StringBuilder called = new StringBuilder();
        PingService service = new PingService() {
            @Override
            public void sendPing(ActionId id, Handle stream, PeerId peer) {
                called.append("ping ")
                        .append(id)
                        .append(' ')
                        .append(stream)
                        .append(' ')
                        .append(peer);
            }

            @Override
            public void echo(Handle stream) {
                called.append(" echo ").append(stream);
            }
        };
        Handle stream = new Handle("stream", 1, 5);
        service.handle(new ActionId(4, 2), new SendPing(stream, peer(1)));
        service.handle(new ActionId(4, 3), new PingEffect.Echo(stream));
        assertThat(called.toString()).isEqualTo("ping 4.2 stream:1:5 " + peer(1) + " echo stream:1:5");
    }
}
