package dev.dunlin.connection.ping;

import dev.dunlin.connection.Admission;
import dev.dunlin.connection.ping.PingAction.Caught;
import dev.dunlin.connection.ping.PingAction.Missed;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The enabling conditions of the ping machine. */
final class PingGuards {

    private PingGuards() {}

    /** When a {@link Ping} is taken on. */
    static final Admission<PingState, Ping> PING = Admission.<PingState, Ping>of(Ping::ticket)
            .rule(
                    "count-in-range",
                    (own, wish) ->
                            wish.count() >= 1 && wish.count() <= own.config().maxCount(),
                    (own, wish) -> List.of(
                            Operand.of("count", wish.count()),
                            Operand.of("maxCount", own.config().maxCount())))
            .rule(
                    "interval-in-range",
                    (own, wish) -> wish.intervalMicros() >= 0 && wish.intervalMicros() <= PingConfig.MAX_INTERVAL,
                    (own, wish) -> List.of(Operand.of("intervalMicros", wish.intervalMicros())))
            .rule(
                    "peer-is-connected",
                    (own, wish) -> own.peers().has(wish.peer()),
                    (own, wish) -> List.of(Operand.of("peer", wish.peer())))
            .rule(
                    "jobs-below-limit",
                    (own, wish) -> own.peers()
                            .find(wish.peer())
                            .filter(peer -> peer.jobs().size() >= own.config().maxJobs())
                            .isEmpty(),
                    (own, wish) -> List.of(Operand.of("maxJobs", own.config().maxJobs())));

    // The ball that the action tells of.
    private static <A extends PingAction> Clause<Object, PingState, A> ballIsOut(
            Function<A, PeerId> peer, Function<A, Handle> stream, ToIntFunction<A> number) {
        return Clauses.when(
                "ball-is-out",
                (own, action) -> own.peers()
                        .find(peer.apply(action))
                        .map(Peer::line)
                        .filter(new Line.Out(stream.apply(action), number.applyAsInt(action))::equals)
                        .isPresent(),
                "number",
                number::applyAsInt);
    }

    static final Guards<Object, PingState, PingAction> ALL = PING.guard(
                    Guards.<Object, PingState, PingAction>of(), Ping.class)
            .always(PingAction.Started.class)
            .on(
                    PingAction.Linked.class,
                    Clauses.absent("connection-is-new", PingState::links, PingAction.Linked::connection),
                    Clauses.below(
                            "links-below-limit",
                            own -> own.links().size(),
                            "maxLinks",
                            own -> own.config().maxLinks()))
            .on(
                    PingAction.Unlinked.class,
                    Clauses.present(
                            "connection-is-the-peers",
                            PingState::links,
                            PingAction.Unlinked::connection,
                            (action, peer) -> peer.equals(action.peer())))
            // A stream that nobody waits for, or that is too many, is closed by the reducer: it is not refused for
            // that.
            .on(PingAction.Opened.class, Clauses.absent("stream-is-new", PingState::streams, PingAction.Opened::stream))
            .on(
                    PingAction.NotOpened.class,
                    Clauses.present(
                            "stream-is-being-opened",
                            PingState::peers,
                            PingAction.NotOpened::peer,
                            (action, peer) -> peer.line() instanceof Line.Opening))
            .on(
                    PingAction.EchoAsked.class,
                    Clauses.absent("stream-is-new", PingState::streams, PingAction.EchoAsked::stream))
            // Tells of streams of all protocols.
            .always(PingAction.StreamEnded.class)
            .on(
                    Caught.class,
                    ballIsOut(Caught::peer, Caught::stream, Caught::number),
                    Clauses.when(
                            "rtt-not-negative",
                            (own, action) -> action.rttMicros() >= 0,
                            "rttMicros",
                            Caught::rttMicros))
            .on(Missed.class, ballIsOut(Missed::peer, Missed::stream, Missed::number))
            .on(
                    PingAction.Tick.class,
                    Clauses.due("deadline-is-due", own -> own.due().next()))
            .on(
                    PingAction.BallDue.class,
                    Clauses.present(
                            "no-ball-is-out",
                            PingState::peers,
                            PingAction.BallDue::peer,
                            (action, peer) -> peer.line() instanceof Line.Idle || peer.line() instanceof Line.Ready))
            .on(
                    PingAction.BallTimedOut.class,
                    ballIsOut(
                            PingAction.BallTimedOut::peer,
                            PingAction.BallTimedOut::stream,
                            PingAction.BallTimedOut::number))
            .always(PingAction.PingDone.class)
            .always(PingAction.PingRefused.class)
            .always(PingAction.PingFailed.class)
            .build();
}
