package dev.dunlin.connection.ping;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.clause;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.ping.PingAction.BallDue;
import dev.dunlin.connection.ping.PingAction.BallTimedOut;
import dev.dunlin.connection.ping.PingAction.Caught;
import dev.dunlin.connection.ping.PingAction.EchoAsked;
import dev.dunlin.connection.ping.PingAction.Linked;
import dev.dunlin.connection.ping.PingAction.Missed;
import dev.dunlin.connection.ping.PingAction.NotOpened;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingAction.PingDone;
import dev.dunlin.connection.ping.PingAction.PingFailed;
import dev.dunlin.connection.ping.PingAction.PingRefused;
import dev.dunlin.connection.ping.PingAction.StreamEnded;
import dev.dunlin.connection.ping.PingAction.Tick;
import dev.dunlin.connection.ping.PingAction.Unlinked;
import dev.dunlin.connection.ping.PingEffect.Throw;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PingSliceTest {

    private static final Ticket TICKET = new Ticket("test", "1");

    private static Throw ball(Bench bench) {
        return bench.last(Throw.class).orElseThrow();
    }

    private static void caught(Bench bench, long rtt) {
        Throw ball = ball(bench);
        assertThat(clause(bench.say(new Caught(ball.stream(), ball.peer(), ball.number(), rtt))))
                .isEmpty();
    }

    private static PingState.Peer state(Bench bench, int peer) {
        return bench.root().ping().peers().at(peer(peer));
    }

    @Test
    void pingsEachConnectedPeerPeriodicallyOnOneStream() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.pass(15 * SECOND);
        Handle stream = bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 700);
        bench.pass(15 * SECOND - 1);
        assertThat(bench.effects(Throw.class)).hasSize(1);
        bench.pass(1);
        assertThat(bench.effects(Throw.class))
                .containsExactly(new Throw(stream, peer(1), 0), new Throw(stream, peer(1), 1));
        caught(bench, 300);
        assertThat(state(bench, 1).rtts().last()).hasValue(300);
        assertThat(state(bench, 1).rtts().min()).hasValue(300);
        assertThat(state(bench, 1).rtts().median()).hasValue(300);
        assertThat(state(bench, 1).rtts().recent()).containsExactly(700L, 300L);
    }

    @Test
    void anIntervalOfZeroThrowsNothingByItself() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        bench.pass(3600 * SECOND);
        assertThat(bench.opens(PingSlice.PROTOCOL)).isEmpty();
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 5);
        assertThat(bench.root().ping().due().size()).isZero();
    }

    @Test
    void aWishIsDoneWithItsTicketAndTimes() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 3, SECOND));
        bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 10);
        bench.pass(SECOND - 1);
        assertThat(bench.effects(Throw.class)).hasSize(1);
        bench.pass(1);
        bench.pass(10 * SECOND);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(ball(bench).stream(), CloseMode.RESET));
        bench.pass(SECOND);
        bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 30);
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(1), List.of(10L, 30L), 1));
    }

    @Test
    void wishesWaitForOneAnother() {
        Bench bench = new Bench("ping.interval", "0");
        bench.accept(1);
        Ticket second = new Ticket("test", "2");
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        bench.say(new Ping(second, peer(1), 1, 0));
        bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 10);
        bench.pass(1);
        caught(bench, 20);
        assertThat(bench.actions(PingDone.class))
                .containsExactly(
                        new PingDone(TICKET, peer(1), List.of(10L), 0), new PingDone(second, peer(1), List.of(20L), 0));
        bench.say(new Ping(TICKET, peer(1), 1, 0));
        assertThat(bench.effects(Throw.class)).hasSize(3);
    }

    @Test
    void aLostBallCountsAndTheThirdIsReportedOnce() {
        Bench bench = new Bench();
        bench.accept(1);
        for (int i = 0; i < 5; i++) {
            bench.pass(15 * SECOND);
            bench.open(1, PingSlice.PROTOCOL);
            bench.pass(10 * SECOND - 1);
            assertThat(state(bench, 1).line()).isInstanceOf(Line.Out.class);
            bench.pass(1);
            assertThat(state(bench, 1).line()).isInstanceOf(Line.Idle.class);
            assertThat(bench.actions(PingFailed.class)).hasSize(i < 2 ? 0 : 1);
        }
        assertThat(bench.actions(PingFailed.class)).containsExactly(new PingFailed(peer(1), 3));
        bench.pass(15 * SECOND);
        bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 1);
        assertThat(state(bench, 1).failures()).isZero();
    }

    @Test
    void aLateCatchIsRefused() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.pass(15 * SECOND);
        bench.open(1, PingSlice.PROTOCOL);
        Throw late = ball(bench);
        bench.pass(10 * SECOND);
        assertThat(clause(bench.say(new Caught(late.stream(), late.peer(), late.number(), 1))))
                .isEqualTo("ball-is-out");
    }

    @Test
    void aStreamThatEndsUnderABallLosesItAndAnIdleOneDoesNot() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.pass(15 * SECOND);
        Handle first = bench.open(1, PingSlice.PROTOCOL);
        caught(bench, 1);
        bench.end(first, connection, 1);
        assertThat(state(bench, 1).failures()).isZero();
        bench.pass(15 * SECOND);
        Handle second = bench.open(1, PingSlice.PROTOCOL);
        bench.end(second, connection, 1);
        assertThat(state(bench, 1).failures()).isEqualTo(1);
        bench.pass(15 * SECOND);
        bench.open(1, PingSlice.PROTOCOL);
        bench.say(new Missed(ball(bench).stream(), peer(1), 0, "other bytes came"));
        assertThat(state(bench, 1).failures()).isEqualTo(2);
    }

    @Test
    void aPeerThatDoesNotSpeakItIsNotPingedAgain() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 2, 0));
        bench.failOpen(1, PingSlice.PROTOCOL, ConnectionError.Kind.NO_COMMON_PROTOCOL);
        assertThat(bench.actions(PingRefused.class))
                .containsExactly(new PingRefused(TICKET, peer(1), "protocol-is-spoken"));
        assertThat(bench.root().ping().due().size()).isZero();
        bench.accept(2);
        bench.say(new Ping(TICKET, peer(2), 1, 0));
        bench.failOpen(2, PingSlice.PROTOCOL, ConnectionError.Kind.TIMED_OUT);
        assertThat(bench.actions(PingDone.class)).containsExactly(new PingDone(TICKET, peer(2), List.of(), 1));
    }

    @Test
    void theLastConnectionsEndEndsTheWishes() {
        Bench bench = new Bench();
        Handle one = bench.accept(1);
        Handle two = bench.accept(1);
        bench.say(new Ping(TICKET, peer(1), 2, 0));
        bench.say(new Unlinked(one, peer(1)));
        assertThat(bench.actions(PingRefused.class)).isEmpty();
        bench.say(new Unlinked(two, peer(1)));
        assertThat(bench.actions(PingRefused.class))
                .containsExactly(new PingRefused(TICKET, peer(1), "peer-stays-connected"));
        Handle stray = bench.open(1, PingSlice.PROTOCOL);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(stray, CloseMode.RESET));
    }

    @Test
    void echoesTwoStreamsAPeer() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        Handle first = bench.acceptStream(connection, 1, PingSlice.PROTOCOL);
        Handle second = bench.acceptStream(connection, 1, PingSlice.PROTOCOL);
        Handle third = bench.acceptStream(connection, 1, PingSlice.PROTOCOL);
        assertThat(bench.effects(PingEffect.Echo.class))
                .containsExactly(new PingEffect.Echo(first), new PingEffect.Echo(second));
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .containsExactly(new StreamEffect.CloseInit(third, CloseMode.RESET));
        bench.end(first, connection, 1);
        bench.acceptStream(connection, 1, PingSlice.PROTOCOL);
        assertThat(bench.effects(PingEffect.Echo.class)).hasSize(3);

        Bench lifted = new Bench("ping.maxEchoes", "3");
        Handle other = lifted.accept(1);
        for (int i = 0; i < 3; i++) {
            lifted.acceptStream(other, 1, PingSlice.PROTOCOL);
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
            bench.open(1, PingSlice.PROTOCOL);
            for (int i = 1; i <= 4; i++) {
                caught(bench, i);
                bench.pass(1);
            }
            assertThat(state(bench, 1).rtts().recent()).hasSize(limit).endsWith(3L, 4L);
        }
    }

    @Test
    void theMedianOfAnEvenNumberIsTheLowerMiddle() {
        assertThat(new Rtts(List.of(4L, 1L, 3L, 2L)).median()).hasValue(2);
        assertThat(new Rtts(List.of(4L, 1L, 3L)).median()).hasValue(3);
        assertThat(Rtts.NONE.median()).isEmpty();
        assertThat(Rtts.NONE.last()).isEmpty();
        assertThat(Rtts.NONE.min()).isEmpty();
    }

    @Test
    void everyClauseRefuses() {
        Bench bench = new Bench("ping.maxLinks", "2", "ping.maxJobs", "1", "ping.maxCount", "5");
        Handle connection = bench.handle("connection");
        bench.say(new Linked(connection, peer(1)));
        bench.say(new Linked(bench.handle("connection"), peer(1)));
        assertThat(clause(bench.say(new Linked(connection, peer(1))))).isEqualTo("connection-is-new");
        assertThat(clause(bench.say(new Linked(bench.handle("connection"), peer(2)))))
                .isEqualTo("links-below-limit");
        assertThat(clause(bench.say(new Unlinked(connection, peer(2))))).isEqualTo("connection-is-the-peers");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 0, 0)))).isEqualTo("count-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 6, 0)))).isEqualTo("count-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(1), 1, -1)))).isEqualTo("interval-in-range");
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(2), 1, 0)))).isEqualTo("peer-is-connected");
        assertThat(clause(bench.say(new NotOpened(peer(1), false)))).isEqualTo("stream-is-being-opened");
        assertThat(clause(bench.say(new BallTimedOut(connection, peer(1), 0)))).isEqualTo("ball-is-out");
        assertThat(clause(bench.say(new Missed(connection, peer(1), 0, "")))).isEqualTo("ball-is-out");
        assertThat(clause(bench.say(new Tick()))).isEqualTo("deadline-is-due");
        Handle echo = bench.handle("stream");
        bench.say(new EchoAsked(echo, peer(1)));
        assertThat(clause(bench.say(new EchoAsked(echo, peer(1))))).isEqualTo("stream-is-new");

        bench.say(new Unlinked(connection, peer(1)));
        bench.accept(3);
        bench.say(new Ping(Ticket.NONE, peer(3), 5, PingConfig.MAX_INTERVAL));
        assertThat(clause(bench.say(new Ping(Ticket.NONE, peer(3), 1, 0)))).isEqualTo("jobs-below-limit");
        Handle stream = bench.open(3, PingSlice.PROTOCOL);
        assertThat(clause(bench.say(new BallDue(peer(3))))).isEqualTo("no-ball-is-out");
        assertThat(clause(bench.say(new Caught(stream, peer(3), 1, 0)))).isEqualTo("ball-is-out");
        assertThat(clause(bench.say(new Caught(stream, peer(3), 0, -1)))).isEqualTo("rtt-not-negative");
        assertThat(clause(bench.say(new Caught(stream, peer(3), 0, 0)))).isEmpty();
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
        assertThat(bench.actions(PingRefused.class).stream().map(PingRefused::clause))
                .containsExactly("count-in-range", "interval-in-range", "peer-is-connected", "jobs-below-limit");
        assertThatThrownBy(() -> new Ping(new Ticket("test", "x".repeat(125)), peer(1), 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
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
        assertThat(bench.opens(PingSlice.PROTOCOL)).hasSize(200);
        assertThat(bench.root().ping().due().size()).isZero();
    }

    @Test
    void effectsReachTheService() {
        StringBuilder called = new StringBuilder();
        PingService service = new PingService() {
            @Override
            public void throwBall(ActionId id, Handle stream, PeerId peer, int number) {
                called.append("throw ")
                        .append(id)
                        .append(' ')
                        .append(stream)
                        .append(' ')
                        .append(number);
            }

            @Override
            public void echo(Handle stream) {
                called.append(" echo ").append(stream);
            }
        };
        Handle stream = new Handle("stream", 1, 5);
        PingEffects.handle(new ActionId(4, 2), new Throw(stream, peer(1), 3), service);
        PingEffects.handle(new ActionId(4, 3), new PingEffect.Echo(stream), service);
        assertThat(called.toString()).isEqualTo("throw 4.2 stream:1:5 3 echo stream:1:5");
    }
}
