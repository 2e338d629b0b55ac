package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.identify.IdentifyAction.Begun;
import dev.dunlin.connection.identify.IdentifyAction.IdentifyFailed;
import dev.dunlin.connection.identify.IdentifyAction.ObservedChanged;
import dev.dunlin.connection.identify.IdentifyAction.PeerIdentified;
import dev.dunlin.connection.identify.IdentifyState.Exchange;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Link;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.identify.IdentifyState.Pushes;
import dev.dunlin.connection.identify.IdentifyState.Remembered;
import dev.dunlin.connection.identify.IdentifyState.Served;
import dev.dunlin.connection.identify.IdentifyState.Step;
import dev.dunlin.connection.identify.IdentifyState.Told;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The identify machine (libp2p/specs identify/README.md). */
final class IdentifyReducer {

    private IdentifyReducer() {}

    /** What was told survives a boot; connections, streams, listeners and observations do not. */
    static IdentifyState boot(IdentifyState own, NodeAction.Booted booted, Context ctx) {
        IdentifyConfig config = IdentifyConfig.of(booted.config());
        Own ours = new Own(
                own.own().protocols(),
                Table.empty(),
                Table.empty(),
                List.of(),
                own.own().seq());
        Table<PeerId, Remembered> memory = own.memory();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            Optional<Remembered> last = remembered(entry.getValue(), config, ctx);
            memory = last.isPresent() ? memory.with(entry.getKey(), last.get()) : memory;
        }
        for (PeerId id : memory.due(Due.NEVER - 1, Math.max(0, memory.size() - config.maxRemembered()))) {
            memory = memory.without(id);
        }
        return new IdentifyState(
                config, ours.raised(ctx.wallTime()), Table.empty(), memory, Table.empty(), Table.empty(), Pushes.NONE);
    }

    private static Optional<Remembered> remembered(Peer peer, IdentifyConfig config, Context ctx) {
        long until = ctx.now() + config.memory();
        return peer.told()
                .map(told -> new Remembered(
                        told.cut(config.rememberedAddresses()), peer.served().pushCredit(), until));
    }

    static IdentifyState reduce(IdentifyState own, IdentifyAction action, Context ctx) {
        return switch (action) {
            case IdentifyAction.Speak(List<String> protocols) ->
                protocols.equals(own.own().protocols())
                        ? own
                        : Pushing.changed(own, own.own().withProtocols(protocols), ctx);
            case IdentifyAction.AddressesBound(Handle listener, List<Multiaddr> addresses) ->
                Pushing.changed(
                        own, own.own().withListeners(own.own().listeners().with(listener, addresses)), ctx);
            case IdentifyAction.AddressesUnbound(Handle listener) ->
                Pushing.changed(
                        own, own.own().withListeners(own.own().listeners().without(listener)), ctx);
            case IdentifyAction.Linked linked -> linked(own, linked, ctx);
            case IdentifyAction.Unlinked(Handle connection, PeerId peer) -> unlinked(own, connection, peer, ctx);
            case IdentifyAction.AskOpened opened -> askOpened(own, opened, ctx);
            case IdentifyAction.AskNotOpened(PeerId peer) ->
                askFailed(own, peer, "the stream could not be opened", ctx);
            case IdentifyAction.PushOpened opened -> pushOpened(own, opened, ctx);
            case IdentifyAction.PushNotOpened(PeerId peer) -> Pushing.ended(own, peer, ctx);
            case IdentifyAction.Asked asked ->
                isServed(own, asked)
                        ? sending(served(own, asked.peer()), asked, Kind.ANSWER, ctx)
                        : closed(own, asked, ctx);
            case IdentifyAction.PushOffered offered -> pushOffered(own, offered, ctx);
            case IdentifyAction.Received received -> received(own, received, ctx);
            case IdentifyAction.ReadFailed(Handle stream, PeerId _, String reason) ->
                ended(own, stream, CloseMode.RESET, reason, ctx);
            case IdentifyAction.Sent(Handle stream, PeerId _) -> ended(own, stream, CloseMode.CLOSE, "", ctx);
            case IdentifyAction.SendFailed(Handle stream, PeerId _, String reason) ->
                ended(own, stream, CloseMode.RESET, reason, ctx);
            case IdentifyAction.ExchangeTimedOut(Handle stream, PeerId _) ->
                ended(own, stream, CloseMode.RESET, "it took too long", ctx);
            case IdentifyAction.Forgotten(PeerId peer) ->
                own.with(own.peers(), own.memory().without(peer));
            case IdentifyAction.Evicted(PeerId peer) ->
                own.with(own.peers(), own.memory().without(peer));
            case IdentifyAction.PushesDue _ -> Pushing.round(own, ctx);
            case PeerIdentified _, IdentifyFailed _, ObservedChanged _ -> own;
        };
    }

    // Connections

    private static IdentifyState linked(IdentifyState own, IdentifyAction.Linked linked, Context ctx) {
        PeerId id = linked.peer();
        Link link = new Link(id, linked.remote(), linked.direction(), Optional.empty());
        Peer before = own.peers().or(id, Peer.NEW);
        Optional<Remembered> last = own.memory().find(id);
        if (last.isPresent()) {
            before =
                    before.with(last.get().told()).with(new Served(0, last.get().pushCredit()));
        }
        Peer peer = before.withLinks(before.links() + 1);
        IdentifyState after = own.withLinks(own.links().with(linked.connection(), link))
                .with(own.peers().with(id, peer), own.memory().without(id));
        boolean isNew = before.links() == 0;
        return switch (peer.asking().step()) {
            case OPENING, READING ->
                isNew
                        ? ask(after, id, ctx)
                        : after.with(id, peer.with(peer.asking().step(), true));
            case IDENTIFIED, UNIDENTIFIED -> ask(after, id, ctx);
        };
    }

    private static IdentifyState unlinked(IdentifyState own, Handle connection, PeerId id, Context ctx) {
        IdentifyState after = seen(own, connection, Optional.empty(), ctx);
        Peer peer = after.peers().at(id);
        after = after.withLinks(after.links().without(connection)).with(id, peer.withLinks(peer.links() - 1));
        for (Map.Entry<Handle, Exchange> entry : own.exchanges()) {
            if (entry.getValue().connection().equals(connection)) {
                after = removed(after, entry.getKey(), "the connection is closed", ctx);
            }
        }
        return peer.links() > 1 ? after : disconnected(after, id, ctx);
    }

    private static IdentifyState disconnected(IdentifyState own, PeerId id, Context ctx) {
        IdentifyState after = Pushing.disconnected(own, id, ctx);
        Optional<Remembered> last = remembered(own.peers().at(id), own.config(), ctx);
        if (last.isEmpty()) {
            return after.with(after.peers().without(id), after.memory());
        }
        Table<PeerId, Remembered> memory = after.memory().with(id, last.get());
        if (memory.size() > own.config().maxRemembered()) {
            memory.due(Due.NEVER - 1, 1).forEach(oldest -> ctx.then(new IdentifyAction.Evicted(oldest)));
        }
        return after.with(after.peers().without(id), memory);
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
        ctx.then(new OpenStream(IdentifyMachine.ASK, id, List.of(IdentifyMachine.ID)));
        return own.with(id, own.peers().at(id).with(Step.OPENING, false));
    }

    private static IdentifyState askOpened(IdentifyState own, IdentifyAction.AskOpened opened, Context ctx) {
        PeerId id = opened.peer();
        Optional<Peer> peer =
                own.peers().find(id).filter(known -> known.asking().step() == Step.OPENING);
        if (peer.isEmpty()) {
            return closed(own, opened, ctx);
        }
        if (!own.isLinked(opened.connection(), id)) {
            return askFailed(closed(own, opened, ctx), id, "its stream is on a connection beyond the limit", ctx);
        }
        Peer reading = peer.get().with(Step.READING, peer.get().asking().again());
        return reading(own.with(id, reading), opened, Kind.ASK, ctx);
    }

    private static IdentifyState askFailed(IdentifyState own, PeerId id, String reason, Context ctx) {
        ctx.then(new IdentifyFailed(id, reason));
        return askEnded(own, id, Step.UNIDENTIFIED, ctx);
    }

    private static IdentifyState askEnded(IdentifyState own, PeerId id, Step how, Context ctx) {
        Peer peer = own.peers().at(id);
        return peer.asking().again() && peer.links() > 0 ? ask(own, id, ctx) : own.with(id, peer.with(how, false));
    }

    // Serving

    private static boolean isServed(IdentifyState own, Begun wish) {
        return own.isLinked(wish.connection(), wish.peer())
                && own.peers().at(wish.peer()).served().answers() < own.config().maxAnswers();
    }

    private static IdentifyState served(IdentifyState own, PeerId id) {
        return own.with(id, own.peers().at(id).answering(1));
    }

    private static IdentifyState pushOffered(IdentifyState own, IdentifyAction.PushOffered offered, Context ctx) {
        if (!isServed(own, offered)) {
            return closed(own, offered, ctx);
        }
        PeerId id = offered.peer();
        Peer peer = own.peers().at(id);
        long every = own.config().pushEvery();
        long credit = Math.max(peer.served().pushCredit(), ctx.now()) + every;
        boolean isLocal = Scope.of(own.links().at(offered.connection()).remote()) == Scope.LOOPBACK;
        if (!isLocal && credit - ctx.now() > every * own.config().pushBurst()) {
            return closed(own, offered, ctx);
        }
        Served spent = new Served(peer.served().answers(), credit);
        IdentifyState after = isLocal ? own : own.with(id, peer.with(spent));
        return reading(served(after, id), offered, Kind.LISTEN, ctx);
    }

    private static IdentifyState pushOpened(IdentifyState own, IdentifyAction.PushOpened opened, Context ctx) {
        PeerId id = opened.peer();
        Optional<Peer> peer = own.peers().find(id).filter(known -> known.sent().push() == Push.OPENING);
        if (peer.isEmpty()) {
            return closed(own, opened, ctx);
        }
        if (!own.isLinked(opened.connection(), id)) {
            return Pushing.ended(closed(own, opened, ctx), id, ctx);
        }
        return sending(own.with(id, peer.get().with(peer.get().sent().with(0, Push.SENDING))), opened, Kind.PUSH, ctx);
    }

    // Exchanges

    private static IdentifyState closed(IdentifyState own, Begun begun, Context ctx) {
        ctx.then(new CloseStream(begun.stream(), CloseMode.RESET));
        return own;
    }

    private static IdentifyState exchanging(IdentifyState own, Begun begun, Kind kind, Context ctx) {
        long until = ctx.now() + own.config().timeout();
        Exchange exchange = new Exchange(begun.peer(), begun.connection(), kind, until);
        return own.withExchanges(own.exchanges().with(begun.stream(), exchange));
    }

    private static IdentifyState reading(IdentifyState own, Begun begun, Kind kind, Context ctx) {
        ctx.effect(new IdentifyEffect.Read(begun.stream(), begun.peer()));
        return exchanging(own, begun, kind, ctx);
    }

    private static IdentifyState sending(IdentifyState own, Begun begun, Kind kind, Context ctx) {
        Own ours = own.own();
        Peer peer = own.peers().at(begun.peer());
        ctx.effect(new IdentifyEffect.Send(
                begun.stream(),
                begun.peer(),
                new IdentifyContent(
                        own.config().protocolVersion(),
                        own.config().agentVersion(),
                        ours.protocols(),
                        ours.addresses(),
                        own.links().at(begun.connection()).remote().withoutPeer(),
                        ours.seq())));
        return exchanging(
                own.with(
                        begun.peer(),
                        peer.with(peer.sent().with(ours.seq(), peer.sent().push()))),
                begun,
                kind,
                ctx);
    }

    private static IdentifyState received(IdentifyState own, IdentifyAction.Received received, Context ctx) {
        PeerId id = received.peer();
        Identified said = received.identified();
        Exchange exchange = own.exchanges().at(received.stream());
        if (said.keyOf().filter(key -> !key.equals(id)).isPresent()) {
            return ended(own, received.stream(), CloseMode.RESET, "it sent the public key of another peer", ctx);
        }
        Peer peer = own.peers().at(id);
        Scope remote = Scope.of(own.links().at(exchange.connection()).remote());
        boolean isAsk = exchange.kind() == Kind.ASK;
        Told told = isAsk
                ? Learning.asked(peer.told(), said, id, remote, own.config(), ctx.wallTime())
                : Learning.pushed(peer.told(), said, id, remote, own.config(), ctx.wallTime());
        IdentifyState after =
                own.with(id, peer.with(told)).withExchanges(own.exchanges().without(received.stream()));
        ctx.then(new CloseStream(received.stream(), CloseMode.CLOSE));
        ctx.then(new PeerIdentified(id, told));
        if (!isAsk) {
            return after.with(id, after.peers().at(id).answering(-1));
        }
        after = seen(after, exchange.connection(), said.observedAddress(), ctx);
        return askEnded(Pushing.outdated(after, id, ctx), id, Step.IDENTIFIED, ctx);
    }

    /** An exchange's end without a message to keep. */
    private static IdentifyState ended(IdentifyState own, Handle stream, CloseMode mode, String reason, Context ctx) {
        ctx.then(new CloseStream(stream, mode));
        return removed(own, stream, reason, ctx);
    }

    private static IdentifyState removed(IdentifyState own, Handle stream, String reason, Context ctx) {
        Exchange exchange = own.exchanges().at(stream);
        PeerId id = exchange.peer();
        IdentifyState after = own.withExchanges(own.exchanges().without(stream));
        return switch (exchange.kind()) {
            case ASK -> askFailed(after, id, reason, ctx);
            case PUSH -> Pushing.ended(after, id, ctx);
            case ANSWER, LISTEN -> after.with(id, own.peers().at(id).answering(-1));
        };
    }
}
