package dev.dunlin.connection.ping;

import static dev.dunlin.core.store.Guards.clause;

import dev.dunlin.connection.ping.PingAction.Caught;
import dev.dunlin.connection.ping.PingAction.Missed;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** The enabling conditions of the ping machine. */
final class PingGuards {

    private PingGuards() {}

    private static final Clause<Object, PingState, Ping> PEER_IS_CONNECTED = clause(
            "peer-is-connected",
            (view, own, wish, now) -> own.peers().has(wish.peer()),
            (view, own, wish, now) -> List.of(Operand.of("peer", wish.peer())));

    private static final Clause<Object, PingState, Ping> COUNT_IN_RANGE = clause(
            "count-in-range",
            (view, own, wish, now) ->
                    wish.count() >= 1 && wish.count() <= own.config().maxCount(),
            (view, own, wish, now) -> List.of(
                    Operand.of("count", wish.count()),
                    Operand.of("maxCount", own.config().maxCount())));

    private static final Clause<Object, PingState, Ping> INTERVAL_IN_RANGE = clause(
            "interval-in-range",
            (view, own, wish, now) -> wish.intervalMicros() >= 0 && wish.intervalMicros() <= PingConfig.MAX_INTERVAL,
            (view, own, wish, now) -> List.of(Operand.of("intervalMicros", wish.intervalMicros())));

    private static final Clause<Object, PingState, Ping> JOBS_BELOW_LIMIT = clause(
            "jobs-below-limit",
            (view, own, wish, now) -> own.peers()
                    .find(wish.peer())
                    .filter(peer -> peer.jobs().size() >= own.config().maxJobs())
                    .isEmpty(),
            (view, own, wish, now) -> List.of(Operand.of("maxJobs", own.config().maxJobs())));

    private static final List<Clause<Object, PingState, Ping>> WISH =
            List.of(COUNT_IN_RANGE, INTERVAL_IN_RANGE, PEER_IS_CONNECTED, JOBS_BELOW_LIMIT);

    /** The first clause that a wish fails. */
    static Optional<String> refusal(PingState own, Ping wish, long now) {
        return WISH.stream()
                .filter(clause -> !clause.test().holds(own, own, wish, now))
                .map(Clause::name)
                .findFirst();
    }

    // Who has a ticket gets the refusal as an outcome, so the wish is enabled.
    private static Clause<Object, PingState, Ping> unlessTicketed(Clause<Object, PingState, Ping> of) {
        return new Clause<>(
                of.name(),
                (view, own, wish, now) ->
                        !wish.ticket().equals(Ticket.NONE) || of.test().holds(view, own, wish, now),
                of.operands());
    }

    private static boolean isOut(PingState own, PeerId peer, Handle stream, int number) {
        return own.peers()
                .find(peer)
                .map(Peer::line)
                .filter(new Line.Out(stream, number)::equals)
                .isPresent();
    }

    static final Guards<Object, PingState, PingAction> ALL = Guards.<Object, PingState, PingAction>of()
            .always(PingAction.Started.class)
            .on(
                    PingAction.Linked.class,
                    clause(
                            "connection-is-new",
                            (view, own, action, now) -> !own.links().has(action.connection())),
                    clause(
                            "links-below-limit",
                            (view, own, action, now) ->
                                    own.links().size() < own.config().maxLinks(),
                            (view, own, action, now) ->
                                    List.of(Operand.of("maxLinks", own.config().maxLinks()))))
            .on(
                    PingAction.Unlinked.class,
                    clause(
                            "connection-is-the-peers",
                            (view, own, action, now) -> own.links()
                                    .find(action.connection())
                                    .filter(action.peer()::equals)
                                    .isPresent()))
            .on(
                    Ping.class,
                    unlessTicketed(COUNT_IN_RANGE),
                    unlessTicketed(INTERVAL_IN_RANGE),
                    unlessTicketed(PEER_IS_CONNECTED),
                    unlessTicketed(JOBS_BELOW_LIMIT))
            // A stream that nobody waits for, or that is too many, is closed by the reducer: it is not refused for
            // that.
            .on(
                    PingAction.Opened.class,
                    clause(
                            "stream-is-new",
                            (view, own, action, now) -> !own.streams().has(action.stream())))
            .on(
                    PingAction.NotOpened.class,
                    clause(
                            "stream-is-being-opened",
                            (view, own, action, now) -> own.peers()
                                    .find(action.peer())
                                    .filter(peer -> peer.line() instanceof Line.Opening)
                                    .isPresent()))
            .on(
                    PingAction.EchoAsked.class,
                    clause(
                            "stream-is-new",
                            (view, own, action, now) -> !own.streams().has(action.stream())))
            // Tells of streams of all protocols.
            .always(PingAction.StreamEnded.class)
            .on(
                    Caught.class,
                    clause(
                            "ball-is-out",
                            (view, own, action, now) -> isOut(own, action.peer(), action.stream(), action.number()),
                            (view, own, action, now) -> List.of(Operand.of("number", action.number()))),
                    clause(
                            "rtt-not-negative",
                            (view, own, action, now) -> action.rttMicros() >= 0,
                            (view, own, action, now) -> List.of(Operand.of("rttMicros", action.rttMicros()))))
            .on(
                    Missed.class,
                    clause(
                            "ball-is-out",
                            (view, own, action, now) -> isOut(own, action.peer(), action.stream(), action.number()),
                            (view, own, action, now) -> List.of(Operand.of("number", action.number()))))
            .on(
                    PingAction.Tick.class,
                    clause(
                            "deadline-is-due",
                            (view, own, action, now) -> own.due().next() <= now))
            .on(
                    PingAction.BallDue.class,
                    clause(
                            "no-ball-is-out",
                            (view, own, action, now) -> own.peers()
                                    .find(action.peer())
                                    .filter(peer ->
                                            peer.line() instanceof Line.Idle || peer.line() instanceof Line.Ready)
                                    .isPresent()))
            .on(
                    PingAction.BallTimedOut.class,
                    clause(
                            "ball-is-out",
                            (view, own, action, now) -> isOut(own, action.peer(), action.stream(), action.number()),
                            (view, own, action, now) -> List.of(Operand.of("number", action.number()))))
            .always(PingAction.PingDone.class)
            .always(PingAction.PingRefused.class)
            .always(PingAction.PingFailed.class)
            .build();
}
