package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Pushes;
import dev.dunlin.connection.identify.IdentifyState.Sent;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import java.util.Map;
import java.util.Optional;

/** How our changes get to our peers: a round of pushes a while after each, and few of them on their way at once. */
final class Pushing {

    private Pushing() {}

    /** We have something new to say: it is pushed a while later, with all that changes meanwhile. Who connects later asks. */
    static IdentifyState changed(IdentifyState own, Own ours, Context ctx) {
        long round =
                own.peers().isEmpty() ? Due.NEVER : ctx.now() + own.config().debounce();
        long at = Math.min(own.pushes().at(), round);
        return own.with(ours.raised(ctx.wallTime())).with(own.pushes().due(at));
    }

    /** Queues a push to each peer that has something older, or nothing. */
    static IdentifyState round(IdentifyState own, Context ctx) {
        Table<PeerId, Long> waiting = own.pushes().waiting();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            if (wantsPush(own, entry.getValue())) {
                waiting = waiting.with(entry.getKey(), entry.getValue().sent().seq());
            }
        }
        return begun(own.with(own.pushes().with(waiting, 0).due(Due.NEVER)), ctx);
    }

    /** Queues a push to a peer that has been told something older, unless a round of pushes is coming anyway. */
    static IdentifyState outdated(IdentifyState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        long seq = peer.sent().seq();
        boolean isOld = own.pushes().at() == Due.NEVER && seq > 0 && wantsPush(own, peer);
        return isOld ? begun(own.with(own.pushes().with(own.pushes().waiting().with(id, seq), 0)), ctx) : own;
    }

    /** A push's end: its place is free. One that failed is not tried again until we change. */
    static IdentifyState ended(IdentifyState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        IdentifyState after = own.with(id, peer.with(peer.sent().with(0, Sent.NO_PUSH)))
                .with(own.pushes().with(own.pushes().waiting(), -1));
        return begun(peer.links() > 0 ? outdated(after, id, ctx) : after, ctx);
    }

    /** The last connection to a peer is closed: its push neither waits nor is on its way any more. */
    static IdentifyState disconnected(IdentifyState own, PeerId id, Context ctx) {
        IdentifyState after = own.with(own.pushes().with(own.pushes().waiting().without(id), 0));
        return own.peers().at(id).sent().push() == Sent.NO_PUSH ? after : ended(after, id, ctx);
    }

    private static boolean wantsPush(IdentifyState own, Peer peer) {
        return peer.links() > 0
                && peer.sent().push() == Sent.NO_PUSH
                && peer.sent().seq() < own.own().seq()
                && peer.takesPushes();
    }

    /** Begins as many of the waiting pushes as may be on their way. */
    private static IdentifyState begun(IdentifyState own, Context ctx) {
        IdentifyState after = own;
        while (after.pushes().onTheirWay() < own.config().maxPushes()
                && !after.pushes().waiting().isEmpty()) {
            Pushes pushes = after.pushes();
            PeerId id = pushes.waiting().first().orElseThrow().getKey();
            Peer peer = after.peers().at(id);
            long number = after.lastAsk() + 1;
            // Where we see the peer is not said: on which connection the push will go is not known here.
            Identified said = after.said(Optional.empty());
            ctx.then(IdentifyMachine.ask(number, id, IdentifyProtocol.PUSH_NAME, said, own.config()));
            after = after.with(pushes.with(pushes.waiting().without(id), 1))
                    .with(id, peer.with(peer.sent().with(own.own().seq(), number)))
                    .withLastAsk(number);
        }
        return after;
    }
}
