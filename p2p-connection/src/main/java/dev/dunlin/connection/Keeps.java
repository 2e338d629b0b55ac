package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Keep;
import dev.dunlin.connection.ConnectionState.Attempt;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Kept;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The part of the connection machine's reducer that is about peers that are kept. */
final class Keeps {

    // Within so many microseconds all are dialled at once.
    private static final long SPREAD = 200_000;

    private Keeps() {}

    static ConnectionState keep(ConnectionState own, Keep wish, Context ctx) {
        PeerId peer = wish.peer();
        Kept before = own.kept().or(peer, new Kept(List.of(), List.of()));
        List<String> why = new ArrayList<>(before.why());
        if (!why.contains(wish.why())) {
            why.add(wish.why());
        }
        return noted(own, peer, why, Dials.merged(wish.addresses(), before.addresses()), ctx);
    }

    /** A peer has other addresses: whoever keeps it gave those that are tried first. */
    static ConnectionState learned(ConnectionState own, ConnectionAction.AddressesLearned fact, Context ctx) {
        PeerId peer = fact.peer();
        if (!own.isKept(peer)) {
            return own;
        }
        Kept before = own.kept().at(peer);
        return noted(own, peer, before.why(), Dials.merged(before.addresses(), fact.addresses()), ctx);
    }

    private static ConnectionState noted(
            ConnectionState own, PeerId peer, List<String> why, List<Multiaddr> all, Context ctx) {
        List<Multiaddr> addresses = Dials.worthDialling(own, all, peer);
        ConnectionState kept = own.withKept(own.kept().with(peer, new Kept(why, addresses)));
        return switch (own.phaseOf(peer)) {
            case Connected connected ->
                Connections.timed(racing(kept, connected, attempt -> attempt.atMost(Attempt.ENDLESS)), peer);
            case Connecting dialling -> {
                Attempt attempt = dialling.attempt().atMost(Attempt.ENDLESS);
                yield kept.withPhase(peer, Dials.joined(kept, dialling.with(attempt), addresses));
            }
            case ConnectionFailed failure
            when !failure.isPermanent() ->
                kept.withPhase(peer, failure.with(known(kept, failure.attempt(), addresses)));
            case ConnectionFailed failure ->
                wanted(kept, peer, Dials.merged(addresses, failure.attempt().addresses()), ctx);
            case Disconnected _ -> wanted(kept, peer, addresses, ctx);
        };
    }

    // None may be worth a dial any more, the node listening there itself by now: that is looked at when it is tried
    // again.
    private static Attempt known(ConnectionState own, Attempt attempt, List<Multiaddr> more) {
        List<Multiaddr> all = Dials.worthDialling(own, Dials.merged(attempt.addresses(), more), attempt.peer());
        Attempt endless = attempt.atMost(Attempt.ENDLESS);
        return all.isEmpty() ? endless : endless.withAddresses(all);
    }

    // A kept peer is to be dialled at the next tick, if it is known where, and if there is room for one more.
    private static ConnectionState wanted(ConnectionState own, PeerId peer, List<Multiaddr> addresses, Context ctx) {
        return addresses.isEmpty() || own.activePeers() >= own.config().maxPeers()
                ? own.withoutPhase(peer)
                : own.withPhase(peer, waiting(peer, addresses, ctx.now() + 1, "it is to be dialled", ctx));
    }

    private static ConnectionFailed waiting(PeerId peer, List<Multiaddr> addresses, long at, String text, Context ctx) {
        Attempt none = new Attempt(peer, 0, Attempt.ENDLESS, addresses, List.of());
        ConnectionError error = ConnectionError.of(ConnectionError.Kind.NOT_CONNECTED, text);
        return new ConnectionFailed(ctx.now(), none, 0, addresses.getFirst(), error, at);
    }

    /** The last connection to a peer is gone, and no dial to it is on its way. */
    static ConnectionState lost(ConnectionState own, Connected connected, String why, Context ctx) {
        PeerId peer = connected.peer();
        if (!own.isKept(peer) || own.draining()) {
            return own.withoutPhase(peer);
        }
        List<Multiaddr> addresses = Dials.worthDialling(
                own, Dials.merged(connected.addresses(), own.kept().at(peer).addresses()), peer);
        if (addresses.isEmpty()) {
            return own.withoutPhase(peer);
        }
        long again = ctx.now() + Dials.backOff(own.config(), 1, ctx.random());
        return own.withPhase(peer, waiting(peer, addresses, again, "the connection ended: " + why, ctx));
    }

    /** All kept peers that wait for another try are dialled soon, a little spread: each may be reachable now. */
    static ConnectionState atOnce(ConnectionState own, Context ctx) {
        ConnectionState left = own;
        for (PeerId peer : own.kept().keys()) {
            if (own.phaseOf(peer) instanceof ConnectionFailed failure && !own.draining()) {
                long soon = ctx.now() + 1 + ctx.random().nextLong(SPREAD);
                left = left.withPhase(peer, failure.until(Math.min(failure.at(), soon)));
            }
        }
        return left;
    }

    static ConnectionState unkeep(ConnectionState own, PeerId peer, String reason, Context ctx) {
        Kept before = own.kept().at(peer);
        List<String> why = new ArrayList<>(before.why());
        why.remove(reason);
        return why.isEmpty()
                ? released(own.withKept(own.kept().without(peer)), peer, ctx)
                : own.withKept(own.kept().with(peer, new Kept(why, before.addresses())));
    }

    // A peer that nobody keeps any more: a dial to it goes on as any other, and is not repeated for nobody.
    private static ConnectionState released(ConnectionState own, PeerId peer, Context ctx) {
        return switch (own.phaseOf(peer)) {
            case Connected connected ->
                Connections.timed(racing(own, connected, attempt -> limited(own, attempt)), peer);
            case Connecting dialling -> own.withPhase(peer, dialling.with(limited(own, dialling.attempt())));
            case ConnectionFailed failure ->
                failure.isPermanent() || !failure.attempt().tickets().isEmpty()
                        ? own.withPhase(peer, failure.with(limited(own, failure.attempt())))
                        : Connections.calledOff(own, peer, failure.address(), ctx)
                                .withoutPhase(peer);
            case Disconnected _ -> own;
        };
    }

    // The dial beside an open connection becomes the peer's phase when that connection ends first.
    private static ConnectionState racing(ConnectionState own, Connected connected, UnaryOperator<Attempt> changed) {
        return connected
                .racing()
                .map(dial -> own.withPhase(
                        connected.peer(), connected.withRacing(Optional.of(dial.with(changed.apply(dial.attempt()))))))
                .orElse(own);
    }

    /** Kept peers that were not to be dialled for want of room, or of an address that is not this node's own, once there may be one. */
    static ConnectionState refilled(ConnectionState before, ConnectionState after, Context ctx) {
        boolean hasRoom = after.activePeers() < before.activePeers()
                || after.listeners().size() < before.listeners().size();
        if (!hasRoom || after.draining()) {
            return after;
        }
        ConnectionState left = after;
        for (Map.Entry<PeerId, Kept> kept : after.kept()) {
            PeerId peer = kept.getKey();
            if (left.phaseOf(peer) instanceof Disconnected) {
                left = wanted(
                        left, peer, Dials.worthDialling(left, kept.getValue().addresses(), peer), ctx);
            }
        }
        return left;
    }

    private static Attempt limited(ConnectionState own, Attempt attempt) {
        int more = attempt.tickets().isEmpty() ? 0 : own.config().maxAttempts();
        return attempt.isLast()
                ? attempt
                : attempt.atMost(Math.clamp((long) attempt.attempts() + more, 1, Attempt.ENDLESS - 1));
    }
}
