package dev.dunlin.connection.ping;

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
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** The enabling conditions of the ping machine. */
final class PingGuards {

    private PingGuards() {}

    private static final Clause<Object, PingState, Ping> PEER_IS_CONNECTED =
            Clauses.when("peer-is-connected", (own, wish) -> own.peers().has(wish.peer()), "peer", Ping::peer);

    private static final Clause<Object, PingState, Ping> COUNT_IN_RANGE = Clauses.when(
            "count-in-range",
            (own, wish) -> wish.count() >= 1 && wish.count() <= own.config().maxCount(),
            (own, wish) -> List.of(
                    Operand.of("count", wish.count()),
                    Operand.of("maxCount", own.config().maxCount())));

    private static final Clause<Object, PingState, Ping> INTERVAL_IN_RANGE = Clauses.when(
            "interval-in-range",
            (own, wish) -> wish.intervalMicros() >= 0 && wish.intervalMicros() <= PingConfig.MAX_INTERVAL,
            "intervalMicros",
            Ping::intervalMicros);

    private static final Clause<Object, PingState, Ping> JOBS_BELOW_LIMIT = Clauses.when(
            "jobs-below-limit",
            (own, wish) -> own.peers()
                    .find(wish.peer())
                    .filter(peer -> peer.jobs().size() >= own.config().maxJobs())
                    .isEmpty(),
            (own, wish) -> List.of(Operand.of("maxJobs", own.config().maxJobs())));

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
                    Clauses.when(
                            "connection-is-new", (own, action) -> !own.links().has(action.connection())),
                    Clauses.below(
                            "links-below-limit",
                            own -> own.links().size(),
                            "maxLinks",
                            own -> own.config().maxLinks()))
            .on(
                    PingAction.Unlinked.class,
                    Clauses.when(
                            "connection-is-the-peers",
                            (own, action) -> own.links()
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
                    Clauses.when(
                            "stream-is-new", (own, action) -> !own.streams().has(action.stream())))
            .on(
                    PingAction.NotOpened.class,
                    Clauses.when(
                            "stream-is-being-opened",
                            (own, action) -> own.peers()
                                    .find(action.peer())
                                    .filter(peer -> peer.line() instanceof Line.Opening)
                                    .isPresent()))
            .on(
                    PingAction.EchoAsked.class,
                    Clauses.when(
                            "stream-is-new", (own, action) -> !own.streams().has(action.stream())))
            // Tells of streams of all protocols.
            .always(PingAction.StreamEnded.class)
            .on(
                    Caught.class,
                    Clauses.when(
                            "ball-is-out",
                            (own, action) -> isOut(own, action.peer(), action.stream(), action.number()),
                            "number",
                            Caught::number),
                    Clauses.when(
                            "rtt-not-negative",
                            (own, action) -> action.rttMicros() >= 0,
                            "rttMicros",
                            Caught::rttMicros))
            .on(
                    Missed.class,
                    Clauses.when(
                            "ball-is-out",
                            (own, action) -> isOut(own, action.peer(), action.stream(), action.number()),
                            "number",
                            Missed::number))
            .on(
                    PingAction.Tick.class,
                    Clauses.due("deadline-is-due", own -> own.due().next()))
            .on(
                    PingAction.BallDue.class,
                    Clauses.when(
                            "no-ball-is-out",
                            (own, action) -> own.peers()
                                    .find(action.peer())
                                    .filter(peer ->
                                            peer.line() instanceof Line.Idle || peer.line() instanceof Line.Ready)
                                    .isPresent()))
            .on(
                    PingAction.BallTimedOut.class,
                    Clauses.when(
                            "ball-is-out",
                            (own, action) -> isOut(own, action.peer(), action.stream(), action.number()),
                            "number",
                            PingAction.BallTimedOut::number))
            .always(PingAction.PingDone.class)
            .always(PingAction.PingRefused.class)
            .always(PingAction.PingFailed.class)
            .build();
}
