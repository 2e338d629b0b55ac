package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyAction.IdentifyFailed;
import dev.dunlin.connection.identify.IdentifyAction.ObservedChanged;
import dev.dunlin.connection.identify.IdentifyState.Asking;
import dev.dunlin.connection.identify.IdentifyState.Link;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Pushes;
import dev.dunlin.connection.identify.IdentifyState.Step;
import dev.dunlin.connection.peer.PeerAction.Describe;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import java.util.List;
import java.util.Optional;

/** The identify machine (libp2p/specs identify/README.md). */
final class IdentifyReducer {

    private IdentifyReducer() {}

    /** Of what we say of ourselves a little survives a boot; connections, asks, listeners and observations do not. */
    static IdentifyState boot(IdentifyState own, NodeAction.Booted booted, Context ctx) {
        IdentifyConfig config = IdentifyConfig.of(booted.config());
        ctx.then(new ExchangeAction.Serve(IdentifyProtocol.NAME));
        ctx.then(new ExchangeAction.Serve(IdentifyProtocol.PUSH_NAME));
        // What is served is told anew.
        Own ours = new Own(
                own.own().spoken(),
                List.of(),
                Table.empty(),
                Table.empty(),
                List.of(),
                own.own().seq());
        return new IdentifyState(
                config, ours.raised(ctx.wallTime()), Table.empty(), Table.empty(), Pushes.NONE, own.lastAsk());
    }

    static IdentifyState reduce(IdentifyState own, IdentifyAction action, Context ctx) {
        return switch (action) {
            case IdentifyAction.AboutProtocols about -> {
                Own ours = own.own().with(about);
                yield ours.protocols().equals(own.own().protocols()) ? own.with(ours) : Pushing.changed(own, ours, ctx);
            }
            case IdentifyAction.AddressesBound(Handle listener, List<Multiaddr> addresses) ->
                Pushing.changed(
                        own, own.own().withListeners(own.own().listeners().with(listener, addresses)), ctx);
            case IdentifyAction.AddressesUnbound(Handle listener) ->
                Pushing.changed(
                        own, own.own().withListeners(own.own().listeners().without(listener)), ctx);
            case IdentifyAction.Linked linked -> linked(own, linked, ctx);
            case IdentifyAction.Unlinked(Handle connection, PeerId peer) -> unlinked(own, connection, peer, ctx);
            case IdentifyAction.Received received -> received(own, received, ctx);
            case IdentifyAction.PushSent(PeerId peer, long _) -> Pushing.ended(own, peer, ctx);
            case IdentifyAction.AskLost(PeerId peer, long ask, var why, String detail) ->
                own.peers().at(peer).sent().awaits(ask)
                        ? Pushing.ended(own, peer, ctx)
                        : askFailed(own, peer, sentence(why, detail), ctx);
            case IdentifyAction.Asked asked -> asked(own, asked, ctx);
            case IdentifyAction.PushCame push -> pushCame(own, push, ctx);
            case IdentifyAction.PushesDue _ -> Pushing.round(own, ctx);
            case IdentifyFailed _, ObservedChanged _ -> own;
        };
    }

    // Connections

    private static IdentifyState linked(IdentifyState own, IdentifyAction.Linked linked, Context ctx) {
        PeerId id = linked.peer();
        Link link = new Link(id, linked.remote(), linked.direction(), Optional.empty());
        Peer before = own.peers().or(id, Peer.NEW);
        Peer peer = before.withLinks(before.links() + 1);
        IdentifyState after =
                own.withLinks(own.links().with(linked.connection(), link)).with(id, peer);
        boolean isNew = before.links() == 0;
        return switch (peer.asking().step()) {
            case ASKING ->
                isNew
                        ? ask(after, id, ctx)
                        : after.with(
                                id,
                                peer.with(new Asking(Step.ASKING, peer.asking().ask(), true)));
            case IDENTIFIED, UNIDENTIFIED -> ask(after, id, ctx);
        };
    }

    private static IdentifyState unlinked(IdentifyState own, Handle connection, PeerId id, Context ctx) {
        IdentifyState after = seen(own, connection, Optional.empty(), ctx);
        Peer peer = after.peers().at(id);
        after = after.withLinks(after.links().without(connection)).with(id, peer.withLinks(peer.links() - 1));
        return peer.links() > 1 ? after : disconnected(after, id, ctx);
    }

    private static IdentifyState disconnected(IdentifyState own, PeerId id, Context ctx) {
        IdentifyState after = Pushing.disconnected(own, id, ctx);
        return after.with(after.peers().without(id));
    }

    /** Notes where a peer sees us. Only who dialled us can know at which address we are reached. */
    private static IdentifyState seen(IdentifyState own, Handle connection, Optional<Multiaddr> said, Context ctx) {
        Link link = own.links().at(connection);
        Optional<Multiaddr> now =
                link.direction() == Direction.INBOUND ? Observations.usable(said, link.remote()) : Optional.empty();
        if (now.equals(link.observed())) {
            return own;
        }
        Own before = own.own();
        Own ours = Observations.changed(before, link, now, own.config());
        IdentifyState after = own.withLinks(own.links().with(connection, link.seeing(now)));
        if (ours.believed().equals(before.believed())) {
            return after.with(ours);
        }
        ctx.then(new ObservedChanged(ours.believed()));
        return Pushing.changed(after, ours, ctx);
    }

    // Asking

    private static IdentifyState ask(IdentifyState own, PeerId id, Context ctx) {
        long number = own.lastAsk() + 1;
        ctx.then(
                IdentifyMachine.ask(number, id, IdentifyProtocol.NAME, new IdentifyProtocol.WhoAreYou(), own.config()));
        return own.with(id, own.peers().at(id).with(new Asking(Step.ASKING, number, false)))
                .withLastAsk(number);
    }

    private static IdentifyState received(IdentifyState own, IdentifyAction.Received received, Context ctx) {
        PeerId id = received.peer();
        if (!own.isLinked(received.connection(), id)) {
            return askFailed(own, id, "it answered on a connection that is closed or beyond the limit", ctx);
        }
        Optional<String> fault = fault(id, received.identified());
        if (fault.isPresent()) {
            return askFailed(own, id, fault.get(), ctx);
        }
        Peer peer = own.peers().at(id);
        Scope remote = Scope.of(own.links().at(received.connection()).remote());
        Describe said = Learning.described(id, received.identified(), true, remote, own.config());
        ctx.then(said);
        IdentifyState after = own.with(id, peer.taking(said.protocols().contains(IdentifyProtocol.PUSH_ID)));
        after = seen(after, received.connection(), received.identified().observedAddress(), ctx);
        return askEnded(Pushing.outdated(after, id, ctx), id, Step.IDENTIFIED, ctx);
    }

    /** Why nothing is taken of what a peer says, if so. */
    private static Optional<String> fault(PeerId id, Identified said) {
        if (!IdentifyGuards.isWithinLimits(said)) {
            return Optional.of("it told more than a peer may");
        }
        return said.keyOf().filter(key -> !key.equals(id)).map(key -> "it sent the public key of another peer");
    }

    private static String sentence(AskFailure why, String detail) {
        return switch (why) {
            case TIMED_OUT -> "it took too long";
            case UNSUPPORTED -> "it does not speak identify";
            case UNREACHABLE, RESET, MALFORMED, UNENCODABLE, BUSY, CANCELLED -> detail.isEmpty() ? why.name() : detail;
        };
    }

    private static IdentifyState askFailed(IdentifyState own, PeerId id, String reason, Context ctx) {
        ctx.then(new IdentifyFailed(id, reason));
        return askEnded(own, id, Step.UNIDENTIFIED, ctx);
    }

    private static IdentifyState askEnded(IdentifyState own, PeerId id, Step how, Context ctx) {
        Peer peer = own.peers().at(id);
        return peer.asking().again()
                ? ask(own, id, ctx)
                : own.with(id, peer.with(new Asking(how, peer.asking().ask(), false)));
    }

    // Answering

    private static IdentifyState asked(IdentifyState own, IdentifyAction.Asked asked, Context ctx) {
        PeerId id = asked.peer();
        if (!own.isLinked(asked.connection(), id)) {
            return refused(own, asked.question(), ctx);
        }
        Multiaddr remote = own.links().at(asked.connection()).remote();
        ctx.then(new ExchangeAction.Reply(asked.question(), own.said(remote.withoutPeer())));
        Peer peer = own.peers().at(id);
        return own.with(
                id, peer.with(peer.sent().with(own.own().seq(), peer.sent().push())));
    }

    private static IdentifyState pushCame(IdentifyState own, IdentifyAction.PushCame push, Context ctx) {
        PeerId id = push.peer();
        if (!own.isLinked(push.connection(), id)) {
            return refused(own, push.question(), ctx);
        }
        Peer peer = own.peers().at(id);
        Scope remote = Scope.of(own.links().at(push.connection()).remote());
        long every = own.config().pushEvery();
        long credit = Math.max(peer.pushCredit(), ctx.now()) + every;
        boolean isLocal = remote == Scope.LOOPBACK;
        if (!isLocal && credit - ctx.now() > every * own.config().pushBurst()) {
            return refused(own, push.question(), ctx);
        }
        IdentifyState after = isLocal ? own : own.with(id, peer.withPushCredit(credit));
        if (fault(id, push.identified()).isPresent()) {
            return refused(after, push.question(), ctx);
        }
        ctx.then(new ExchangeAction.Reply(push.question(), new IdentifyProtocol.PushTaken()));
        Describe said = Learning.described(id, push.identified(), false, remote, own.config());
        ctx.then(said);
        Peer now = after.peers().at(id);
        return said.protocols().isEmpty()
                ? after
                : after.with(id, now.taking(said.protocols().contains(IdentifyProtocol.PUSH_ID)));
    }

    private static IdentifyState refused(IdentifyState own, long question, Context ctx) {
        ctx.then(new ExchangeAction.Refuse(question));
        return own;
    }
}
