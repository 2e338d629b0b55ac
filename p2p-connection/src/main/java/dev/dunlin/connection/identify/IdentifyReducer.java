package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.identify.IdentifyAction.IdentifyFailed;
import dev.dunlin.connection.identify.IdentifyAction.ObservedChanged;
import dev.dunlin.connection.identify.IdentifyAction.PeerIdentified;
import dev.dunlin.connection.identify.IdentifyState.Asking;
import dev.dunlin.connection.identify.IdentifyState.Exchange;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Link;
import dev.dunlin.connection.identify.IdentifyState.Own;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.identify.IdentifyState.Told;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The identify machine (libp2p/specs identify/README.md). */
final class IdentifyReducer {

    /** How many deadlines of each kind one tick takes. */
    static final int PER_TICK = 64;

    private IdentifyReducer() {}

    static IdentifyState reduce(IdentifyState own, IdentifyAction action, Context ctx) {
        return switch (action) {
            case IdentifyAction.Started(IdentifyConfig config) -> started(own, config, ctx);
            case IdentifyAction.Speak(List<String> protocols) ->
                protocols.equals(own.own().protocols())
                        ? own
                        : changed(own, own.own().withProtocols(protocols), ctx);
            case IdentifyAction.AddressesBound(Handle listener, List<Multiaddr> addresses) ->
                changed(own, own.own().withListeners(own.own().listeners().with(listener, addresses)), ctx);
            case IdentifyAction.AddressesUnbound(Handle listener) ->
                changed(own, own.own().withListeners(own.own().listeners().without(listener)), ctx);
            case IdentifyAction.Linked linked -> linked(own, linked, ctx);
            case IdentifyAction.Unlinked(Handle connection, PeerId peer) -> unlinked(own, connection, peer, ctx);
            case IdentifyAction.AskOpened(Handle stream, Handle connection, PeerId peer) ->
                askOpened(own, stream, connection, peer, ctx);
            case IdentifyAction.AskNotOpened(PeerId peer) ->
                askFailed(own, peer, "the stream could not be opened", ctx);
            case IdentifyAction.PushOpened(Handle stream, Handle connection, PeerId peer) ->
                pushOpened(own, stream, connection, peer, ctx);
            case IdentifyAction.PushNotOpened(PeerId peer) -> pushEnded(own, peer, ctx);
            case IdentifyAction.Asked(Handle stream, Handle connection, PeerId peer) ->
                asked(own, stream, connection, peer, ctx);
            case IdentifyAction.PushOffered(Handle stream, Handle connection, PeerId peer) ->
                pushOffered(own, stream, connection, peer, ctx);
            case IdentifyAction.Received received -> received(own, received, ctx);
            case IdentifyAction.ReadFailed(Handle stream, PeerId _, String reason) ->
                ended(own, stream, CloseMode.RESET, reason, ctx);
            case IdentifyAction.Sent(Handle stream, PeerId _) -> ended(own, stream, CloseMode.CLOSE, "", ctx);
            case IdentifyAction.SendFailed(Handle stream, PeerId _, String reason) ->
                ended(own, stream, CloseMode.RESET, reason, ctx);
            case IdentifyAction.Tick _ -> tick(own, ctx);
            case IdentifyAction.ExchangeTimedOut(Handle stream, PeerId _) ->
                ended(own, stream, CloseMode.RESET, "it took too long", ctx);
            case IdentifyAction.Forgotten(PeerId peer) ->
                own.withPeers(own.peers().without(peer)).withMemory(own.memory().without(peer));
            case PeerIdentified _, IdentifyFailed _, ObservedChanged _ -> own;
        };
    }

    // What was told survives a restart; connections, streams, listeners and observations do not.
    private static IdentifyState started(IdentifyState own, IdentifyConfig config, Context ctx) {
        Own ours = new Own(
                        own.own().protocols(),
                        Table.empty(),
                        List.of(),
                        own.own().seq())
                .raised(ctx.now());
        Table<PeerId, Peer> peers = Table.empty();
        Deadlines<PeerId> memory = Deadlines.none();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            if (entry.getValue().told().isPresent()) {
                PeerId id = entry.getKey();
                peers = peers.with(id, entry.getValue().remembered(config.rememberedAddresses()));
                memory = memory.with(id, own.memory().at(id).orElse(ctx.now() + config.memory()));
            }
        }
        forgetOldest(memory, config, ctx);
        return new IdentifyState(
                config,
                ours,
                peers,
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                0,
                Deadlines.none(),
                memory,
                Deadlines.NEVER);
    }

    /** Where more peers are remembered than the limit allows, those go that were to be forgotten first. */
    private static void forgetOldest(Deadlines<PeerId> memory, IdentifyConfig config, Context ctx) {
        int excess = memory.size() - config.maxRemembered();
        if (excess > 0) {
            memory.due(Deadlines.NEVER, excess).forEach(id -> ctx.then(new IdentifyAction.Forgotten(id)));
        }
    }

    /** We have something new to say: it is pushed a while later, with all that changes meanwhile. */
    private static IdentifyState changed(IdentifyState own, Own ours, Context ctx) {
        return own.withOwn(ours.raised(ctx.now()))
                .withPushAt(Math.min(own.pushAt(), ctx.now() + own.config().debounce()));
    }

    private static IdentifyState linked(IdentifyState own, IdentifyAction.Linked linked, Context ctx) {
        PeerId id = linked.peer();
        Link link = new Link(id, linked.remote(), linked.direction(), Optional.empty());
        Peer before = own.peers().or(id, Peer.NEW);
        Peer peer = before.withLinks(before.links() + 1);
        IdentifyState after = own.withLinks(own.links().with(linked.connection(), link))
                .withMemory(own.memory().without(id));
        return switch (peer.asking()) {
            case OPENING, READING -> after.withPeer(id, peer.withAsking(peer.asking(), true));
            case NOT, DONE, FAILED -> ask(after.withPeer(id, peer), id, ctx);
        };
    }

    private static IdentifyState ask(IdentifyState own, PeerId id, Context ctx) {
        ctx.then(new OpenStream(IdentifySlice.askTicket(id), id, List.of(IdentifySlice.ID)));
        return own.withPeer(id, own.peers().at(id).withAsking(Asking.OPENING, false));
    }

    private static IdentifyState unlinked(IdentifyState own, Handle connection, PeerId id, Context ctx) {
        IdentifyState after = seen(own, connection, Optional.empty(), ctx);
        Peer peer = after.peers().at(id);
        after = after.withLinks(after.links().without(connection)).withPeer(id, peer.withLinks(peer.links() - 1));
        for (Map.Entry<Handle, Exchange> entry : own.exchanges()) {
            if (entry.getValue().connection().equals(connection)) {
                after = removed(after, entry.getKey(), "the connection is closed", ctx);
            }
        }
        return peer.links() > 1 ? after : disconnected(after, id, ctx);
    }

    private static IdentifyState disconnected(IdentifyState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        IdentifyState after = own.withPushing(own.pushing().without(id), own.pushes());
        if (peer.push() == Push.OPENING) {
            after = pushEnded(after, id, ctx);
        }
        if (peer.told().isEmpty()) {
            return after.withPeers(after.peers().without(id));
        }
        Deadlines<PeerId> memory =
                after.memory().with(id, ctx.now() + own.config().memory());
        forgetOldest(memory, own.config(), ctx);
        return after.withPeer(id, peer.remembered(own.config().rememberedAddresses()))
                .withMemory(memory);
    }

    private static IdentifyState stray(IdentifyState own, Handle stream, Context ctx) {
        ctx.then(new CloseStream(stream, CloseMode.RESET));
        return own;
    }

    private static boolean isLinked(IdentifyState own, Handle connection, PeerId id) {
        return own.links()
                .find(connection)
                .filter(link -> link.peer().equals(id))
                .isPresent();
    }

    private static IdentifyState begun(
            IdentifyState own, Handle stream, Handle connection, PeerId id, Kind kind, Context ctx) {
        return own.withExchange(
                stream,
                new Exchange(id, connection, kind),
                ctx.now() + own.config().timeout());
    }

    private static IdentifyState askOpened(
            IdentifyState own, Handle stream, Handle connection, PeerId id, Context ctx) {
        Optional<Peer> peer = own.peers().find(id).filter(known -> known.asking() == Asking.OPENING);
        if (peer.isEmpty()) {
            return stray(own, stream, ctx);
        }
        if (!isLinked(own, connection, id)) {
            return askFailed(stray(own, stream, ctx), id, "its stream is on a connection beyond the limit", ctx);
        }
        ctx.effect(new IdentifyEffect.Read(stream, id));
        return begun(own, stream, connection, id, Kind.ASK, ctx)
                .withPeer(id, peer.get().withAsking(Asking.READING, peer.get().again()));
    }

    private static IdentifyState askFailed(IdentifyState own, PeerId id, String reason, Context ctx) {
        ctx.then(new IdentifyFailed(id, reason));
        return askEnded(own, id, Asking.FAILED, ctx);
    }

    private static IdentifyState askEnded(IdentifyState own, PeerId id, Asking how, Context ctx) {
        Peer peer = own.peers().at(id);
        return peer.again() && peer.links() > 0 ? ask(own, id, ctx) : own.withPeer(id, peer.withAsking(how, false));
    }

    private static IdentifyState asked(IdentifyState own, Handle stream, Handle connection, PeerId id, Context ctx) {
        if (!isLinked(own, connection, id)
                || own.peers().at(id).answers() >= own.config().maxAnswers()) {
            return stray(own, stream, ctx);
        }
        return sending(counted(own, id), stream, connection, id, Kind.ANSWER, ctx);
    }

    private static IdentifyState counted(IdentifyState own, PeerId id) {
        Peer peer = own.peers().at(id);
        return own.withPeer(id, peer.withAnswers(peer.answers() + 1));
    }

    private static IdentifyState sending(
            IdentifyState own, Handle stream, Handle connection, PeerId id, Kind kind, Context ctx) {
        Own ours = own.own();
        ctx.effect(new IdentifyEffect.Send(
                stream,
                id,
                new IdentifyContent(
                        own.config().protocolVersion(),
                        own.config().agentVersion(),
                        ours.protocols(),
                        ours.addresses(),
                        Optional.of(own.links().at(connection).remote()).flatMap(Multiaddr::withoutPeer),
                        ours.seq())));
        return begun(own, stream, connection, id, kind, ctx)
                .withPeer(id, own.peers().at(id).withSent(ours.seq()));
    }

    private static IdentifyState pushOffered(
            IdentifyState own, Handle stream, Handle connection, PeerId id, Context ctx) {
        if (!isLinked(own, connection, id)
                || own.peers().at(id).answers() >= own.config().maxAnswers()) {
            return stray(own, stream, ctx);
        }
        Peer peer = own.peers().at(id);
        long every = own.config().pushEvery();
        long credit = Math.max(peer.pushCredit(), ctx.now()) + every;
        boolean isLocal = Scope.of(own.links().at(connection).remote()) == Scope.LOOPBACK;
        if (!isLocal && credit - ctx.now() > every * own.config().pushBurst()) {
            return stray(own, stream, ctx);
        }
        ctx.effect(new IdentifyEffect.Read(stream, id));
        IdentifyState spent = isLocal ? own : own.withPeer(id, peer.withCredit(credit));
        return begun(counted(spent, id), stream, connection, id, Kind.LISTEN, ctx);
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
                ? Learning.asked(peer.told(), said, id, remote, own.config(), ctx.now())
                : Learning.pushed(peer.told(), said, id, remote, own.config(), ctx.now());
        IdentifyState after = own.withPeer(id, peer.withTold(told)).withoutExchange(received.stream());
        ctx.then(new CloseStream(received.stream(), CloseMode.CLOSE));
        ctx.then(new PeerIdentified(id, told));
        if (!isAsk) {
            Peer now = after.peers().at(id);
            return after.withPeer(id, now.withAnswers(now.answers() - 1));
        }
        after = seen(after, exchange.connection(), said.observedAddress(), ctx);
        return askEnded(outdated(after, id, ctx), id, Asking.DONE, ctx);
    }

    /** Notes where a peer sees us. Only who dialled us can know at which address we are reached. */
    private static IdentifyState seen(IdentifyState own, Handle connection, Optional<Multiaddr> said, Context ctx) {
        Link link = own.links().at(connection);
        Optional<Multiaddr> now =
                link.direction() == Direction.INBOUND ? Observations.usable(said, link.remote()) : Optional.empty();
        if (now.equals(link.observed())) {
            return own;
        }
        String group = Observations.group(link.remote());
        Table<Multiaddr, Table<String, Integer>> observers = own.observers();
        if (link.observed().isPresent()) {
            observers = Observations.without(observers, link.observed().get(), group);
        }
        if (now.isPresent()) {
            observers = Observations.with(observers, now.get(), group);
        }
        IdentifyState after = own.withObservers(observers).withLinks(own.links().with(connection, link.seeing(now)));
        List<Multiaddr> believed = Observations.believed(
                observers, own.config().observers(), own.config().maxBelieved());
        if (believed.equals(own.own().believed())) {
            return after;
        }
        ctx.then(new ObservedChanged(believed));
        return changed(after, own.own().withBelieved(believed), ctx);
    }

    /** An exchange's end without a message to keep. */
    private static IdentifyState ended(IdentifyState own, Handle stream, CloseMode mode, String reason, Context ctx) {
        ctx.then(new CloseStream(stream, mode));
        return removed(own, stream, reason, ctx);
    }

    private static IdentifyState removed(IdentifyState own, Handle stream, String reason, Context ctx) {
        Exchange exchange = own.exchanges().at(stream);
        PeerId id = exchange.peer();
        Peer peer = own.peers().at(id);
        IdentifyState after = own.withoutExchange(stream);
        return switch (exchange.kind()) {
            case ASK -> askFailed(after, id, reason, ctx);
            case PUSH -> pushEnded(after, id, ctx);
            case ANSWER, LISTEN -> after.withPeer(id, peer.withAnswers(peer.answers() - 1));
        };
    }

    private static IdentifyState pushOpened(
            IdentifyState own, Handle stream, Handle connection, PeerId id, Context ctx) {
        Optional<Peer> peer = own.peers().find(id).filter(known -> known.push() == Push.OPENING);
        if (peer.isEmpty()) {
            return stray(own, stream, ctx);
        }
        if (!isLinked(own, connection, id)) {
            return pushEnded(stray(own, stream, ctx), id, ctx);
        }
        IdentifyState sending = own.withPeer(id, peer.get().withPush(Push.SENDING));
        return sending(sending, stream, connection, id, Kind.PUSH, ctx);
    }

    private static IdentifyState pushEnded(IdentifyState own, PeerId id, Context ctx) {
        IdentifyState after =
                own.withPeer(id, own.peers().at(id).withPush(Push.NO)).withPushing(own.pushing(), own.pushes() - 1);
        return pump(after.peers().at(id).links() > 0 ? outdated(after, id, ctx) : after, ctx);
    }

    /** Queues a push to a peer that has been told something older, unless a round of pushes is coming anyway. */
    private static IdentifyState outdated(IdentifyState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        boolean isOld = own.pushAt() == Deadlines.NEVER && peer.sentSeq() > 0 && wantsPush(own, peer);
        return isOld ? pump(own.withPushing(own.pushing().with(id, peer.sentSeq()), own.pushes()), ctx) : own;
    }

    private static boolean wantsPush(IdentifyState own, Peer peer) {
        return peer.links() > 0
                && peer.push() == Push.NO
                && peer.sentSeq() < own.own().seq()
                && peer.told()
                        .filter(told -> told.speaks(IdentifySlice.ID_PUSH))
                        .isPresent();
    }

    /**
     * Begins as many of the waiting pushes as may be on their way. One that fails is not tried again until we change.
     */
    private static IdentifyState pump(IdentifyState own, Context ctx) {
        IdentifyState after = own;
        while (after.pushes() < after.config().maxPushes() && !after.pushing().isEmpty()) {
            PeerId id = after.pushing().first().orElseThrow().getKey();
            ctx.then(new OpenStream(IdentifySlice.pushTicket(id), id, List.of(IdentifySlice.ID_PUSH)));
            after = after.withPushing(after.pushing().without(id), after.pushes() + 1)
                    .withPeer(
                            id,
                            after.peers()
                                    .at(id)
                                    .withPush(Push.OPENING)
                                    .withSent(after.own().seq()));
        }
        return after;
    }

    private static IdentifyState tick(IdentifyState own, Context ctx) {
        IdentifyState after = own;
        for (Handle stream : own.timeouts().due(ctx.now(), PER_TICK)) {
            after = after.withTimeouts(after.timeouts().without(stream));
            ctx.then(new IdentifyAction.ExchangeTimedOut(
                    stream, own.exchanges().at(stream).peer()));
        }
        for (PeerId id : own.memory().due(ctx.now(), PER_TICK)) {
            after = after.withMemory(after.memory().without(id));
            ctx.then(new IdentifyAction.Forgotten(id));
        }
        return own.pushAt() <= ctx.now() ? pushRound(after.withPushAt(Deadlines.NEVER), ctx) : after;
    }

    private static IdentifyState pushRound(IdentifyState own, Context ctx) {
        Table<PeerId, Long> waiting = own.pushing();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            if (wantsPush(own, entry.getValue())) {
                waiting = waiting.with(entry.getKey(), entry.getValue().sentSeq());
            }
        }
        return pump(own.withPushing(waiting, own.pushes()), ctx);
    }
}
