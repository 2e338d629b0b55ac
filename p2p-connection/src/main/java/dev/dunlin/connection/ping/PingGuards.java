package dev.dunlin.connection.ping;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.below;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.ping.PingAction.Ping;
import dev.dunlin.core.store.Guards;

/** The enabling conditions of the ping machine. */
final class PingGuards {

    private PingGuards() {}

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
            .on(
                    PingAction.PongReceived.class,
                    when("pong-is-awaited", (own, pong) -> own.peer(pong).awaits(pong.number())),
                    when("rtt-not-negative", (own, pong) -> pong.rttMicros() >= 0))
            .on(
                    PingAction.PongLost.class,
                    when("pong-is-awaited", (own, lost) -> own.peer(lost).awaits(lost.number())))
            .always(PingAction.PingCame.class)
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
