package dev.dunlin.connection.ping;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.below;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;

/** The enabling conditions of the ping machine. */
final class PingGuards {

    private PingGuards() {}

    private static final Clause<ConnectionView, PingState, PingAction.OfStream> IS_NEW =
            when("stream-is-new", (own, fact) -> !own.peer(fact).uses(fact.stream()));

    private static final Clause<ConnectionView, PingState, PingAction.OfStream> PONG_IS_AWAITED =
            when("pong-is-awaited", (own, fact) -> own.peer(fact).awaits(fact.stream()));

    static final Guards<ConnectionView, PingState, PingAction> ALL = Guards.<ConnectionView, PingState, PingAction>of()
            .on(
                    PingAction.Linked.class,
                    absent("peer-is-new", PingState::peers, PingAction.Linked::peer),
                    below("peers-below-limit", own -> own.peers().size(), "maxLinks", PingGuards::maxLinks))
            .on(
                    PingAction.Unlinked.class,
                    Guards.clause(
                            "no-connection-is-left",
                            (view, own, fact, now) -> !view.connection().isConnected(fact.peer())))
            .on(
                    Ping.class,
                    when("count-in-range", PingGuards::hasCount, "count", Ping::count),
                    when("interval-in-range", PingGuards::hasInterval, "intervalMicros", Ping::intervalMicros),
                    when("peer-is-connected", (own, wish) -> own.peers().has(wish.peer()), "peer", Ping::peer),
                    when(
                            "jobs-below-limit",
                            (own, wish) ->
                                    own.peer(wish).jobs().size() < own.config().maxJobs()))
            // A stream that nobody waits for, or that is too many, is closed by the reducer: it is not disabled.
            .on(PingAction.Opened.class, IS_NEW)
            .on(PingAction.EchoAsked.class, IS_NEW)
            .on(
                    PingAction.NotOpened.class,
                    when("stream-is-being-opened", (own, fact) -> own.peer(fact).stream() instanceof Stream.Opening))
            .always(PingAction.StreamEnded.class)
            .on(
                    PingAction.PongReceived.class,
                    PONG_IS_AWAITED,
                    when("rtt-not-negative", (own, pong) -> pong.rttMicros() >= 0))
            .on(PingAction.PongLost.class, PONG_IS_AWAITED)
            .always(PingAction.PeerDue.class)
            .always(PingAction.PeerUnresponsive.class)
            .build();

    private static long maxLinks(PingState own) {
        return own.config().maxLinks();
    }

    private static boolean hasCount(PingState own, Ping wish) {
        return wish.count() >= 1 && wish.count() <= own.config().maxCount();
    }

    private static boolean hasInterval(PingState own, Ping wish) {
        return wish.intervalMicros() >= 0 && wish.intervalMicros() <= PingConfig.MAX_INTERVAL;
    }
}
