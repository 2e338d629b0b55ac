package dev.dunlin.connection.stage;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect.CancelDial;
import dev.dunlin.connection.ConnectionEffect.ConnectInit;
import dev.dunlin.connection.ConnectionEffect.DisconnectInit;
import dev.dunlin.connection.ConnectionEffect.ListenInit;
import dev.dunlin.connection.ConnectionEffect.StopListenInit;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect.CancelOpen;
import dev.dunlin.connection.stream.StreamEffect.CloseInit;
import dev.dunlin.connection.stream.StreamEffect.OpenInit;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The two services of one run of a simulated node. */
final class SimServices implements ConnectionService, StreamService {

    /** What every node serves. */
    static final List<String> PROTOCOLS = List.of("/echo/1", "/echo/2");

    private final SimNetwork network;
    private final SimNode node;
    private final long run;
    final SimPort port;
    private final Map<Long, ActionId> dials = new LinkedHashMap<>();
    private final Map<Long, ConnectInit> dialled = new LinkedHashMap<>();
    private final Map<Handle, SimLink.End> connections = new LinkedHashMap<>();
    private final Map<Handle, Multiaddr> listeners = new LinkedHashMap<>();
    private final Map<Long, Opening> openings = new LinkedHashMap<>();
    private final Map<Handle, SimStream.End> streams = new LinkedHashMap<>();
    private long handles;

    private record Opening(ActionId id, OpenInit effect, SimStream stream) {}

    SimServices(SimNetwork network, SimNode node, long run, SimPort port) {
        this.network = network;
        this.node = node;
        this.run = run;
        this.port = port;
    }

    private Handle handle(String kind) {
        return new Handle(kind, run, ++handles);
    }

    /** The machine is gone: peers find out, nobody here is told. */
    void vanish() {
        listeners.values().forEach(network::unlisten);
        dials.clear();
        dialled.clear();
        openings.clear();
        for (SimLink.End end : List.copyOf(connections.values())) {
            end.link.close(end, CloseReason.SHUTDOWN);
        }
    }

    // Dials

    @Override
    public void connect(ActionId id, ConnectInit effect) {
        dials.put(effect.dial(), id);
        dialled.put(effect.dial(), effect);
        if (!network.isSilent(effect.address())) {
            network.far(() -> arrive(effect));
        }
    }

    private void arrive(ConnectInit effect) {
        SimNode there = network.at(effect.address());
        if (there == null) {
            network.far(() -> failed(effect, ConnectionError.Kind.REFUSED));
        } else if (!there.id().equals(effect.peer())) {
            network.far(() -> failed(effect, ConnectionError.Kind.WRONG_PEER));
        } else {
            SimLink link = new SimLink(network);
            Bytes hash = network.nextHandshake();
            there.services().accept(link, node, hash);
            network.add(link);
            network.far(() -> complete(effect, link, hash));
        }
    }

    private void accept(SimLink link, SimNode from, Bytes hash) {
        SimLink.End end = new SimLink.End(link, this, handle(CONNECTION), from.id());
        connections.put(end.handle, end);
        link.listener(end);
        port.offer(new ConnectionAction.Accepted(end.handle, from.id(), network.addressOf(from), hash));
    }

    private void complete(ConnectInit effect, SimLink link, Bytes hash) {
        if (!dials.containsKey(effect.dial())) {
            link.abandon();
        } else if (link.isDown()) {
            failed(effect, ConnectionError.Kind.HANDSHAKE_FAILED);
        } else {
            SimLink.End end = new SimLink.End(link, this, handle(CONNECTION), effect.peer());
            connections.put(end.handle, end);
            link.dialler(end);
            answer(
                    effect,
                    new ConnectionAction.Connected(effect.dial(), end.handle, effect.peer(), effect.address(), hash));
        }
    }

    private void failed(ConnectInit effect, ConnectionError.Kind kind) {
        answer(
                effect,
                new ConnectionAction.ConnectionFailed(
                        effect.dial(), effect.peer(), effect.address(), ConnectionError.of(kind, kind.name())));
    }

    private void answer(ConnectInit effect, Action fact) {
        dialled.remove(effect.dial());
        Optional.ofNullable(dials.remove(effect.dial())).ifPresent(id -> port.answer(id, fact));
    }

    @Override
    public void cancel(ActionId id, CancelDial effect) {
        Optional.ofNullable(dialled.get(effect.dial()))
                .ifPresent(dial -> network.near(() -> failed(dial, ConnectionError.Kind.CANCELLED)));
    }

    // Connections

    @Override
    public void disconnect(ActionId id, DisconnectInit effect) {
        SimLink.End end = connections.get(effect.connection());
        boolean forced = effect.reason() == CloseReason.TIMED_OUT || effect.reason() == CloseReason.ORPHAN;
        if (end != null && (forced || !network.isStubborn())) {
            network.near(() -> end.link.close(end, CloseReason.LOCAL));
        }
    }

    void connectionDown(SimLink.End end) {
        connections.remove(end.handle);
        for (Opening opening : List.copyOf(openings.values())) {
            if (opening.effect().connection().equals(end.handle)) {
                failed(opening, ConnectionError.Kind.CONNECTION_CLOSED);
            }
        }
    }

    // Listeners

    @Override
    public void listen(ActionId id, ListenInit effect) {
        network.near(() -> {
            if (network.listen(effect.address(), node)) {
                Handle listener = handle(LISTENER);
                listeners.put(listener, effect.address());
                port.answer(
                        id,
                        new ConnectionAction.Listening(
                                effect.number(), listener, effect.address(), List.of(effect.address())));
            } else {
                port.answer(
                        id,
                        new ConnectionAction.ListenFailed(
                                effect.number(),
                                effect.address(),
                                ConnectionError.of(ConnectionError.Kind.ADDRESS_UNAVAILABLE, "taken")));
            }
        });
    }

    @Override
    public void stopListening(ActionId id, StopListenInit effect) {
        Multiaddr address = listeners.remove(effect.listener());
        if (address != null) {
            network.unlisten(address);
            network.near(() ->
                    port.offer(new ConnectionAction.ListenerClosed(effect.listener(), address, CloseReason.LOCAL)));
        }
    }

    // Streams

    @Override
    public void open(ActionId id, OpenInit effect) {
        Opening opening = new Opening(id, effect, new SimStream(network));
        openings.put(effect.number(), opening);
        SimLink.End end = connections.get(effect.connection());
        if (end == null) {
            network.near(() -> failed(opening, ConnectionError.Kind.CONNECTION_CLOSED));
        } else {
            network.far(() -> arrive(opening, end));
        }
    }

    private void arrive(Opening opening, SimLink.End end) {
        SimLink.End there = end.link.across(end);
        Optional<String> protocol = opening.effect().protocols().stream()
                .filter(PROTOCOLS::contains)
                .findFirst();
        if (there == null || !there.up) {
            return; // The opener's end goes down, too, and fails the opening.
        }
        if (protocol.isEmpty()) {
            network.far(() -> failed(opening, ConnectionError.Kind.NO_COMMON_PROTOCOL));
            return;
        }
        opening.stream().wireId = end.link.nextWireId(end);
        there.services.accept(opening.stream(), there, protocol.get());
        network.far(() -> complete(opening, end, protocol.get()));
    }

    private void accept(SimStream stream, SimLink.End at, String protocol) {
        SimStream.End end = new SimStream.End(stream, at, handle(STREAM));
        streams.put(end.handle, end);
        stream.accepter = end;
        port.offer(new StreamAction.StreamAccepted(end.handle, at.handle, at.other, protocol, stream.wireId));
    }

    private void complete(Opening opening, SimLink.End at, String protocol) {
        SimStream stream = opening.stream();
        if (openings.get(opening.effect().number()) != opening) {
            network.far(() -> Optional.ofNullable(stream.accepter)
                    .ifPresent(accepter -> stream.end(accepter, EndReason.REMOTE_RESET)));
            return;
        }
        if (stream.accepter == null || !stream.accepter.open) {
            failed(opening, ConnectionError.Kind.LIMIT);
            return;
        }
        openings.remove(opening.effect().number());
        SimStream.End end = new SimStream.End(stream, at, handle(STREAM));
        streams.put(end.handle, end);
        stream.opener = end;
        port.answer(
                opening.id(),
                new StreamAction.StreamOpened(
                        opening.effect().number(),
                        opening.effect().ticket(),
                        end.handle,
                        at.handle,
                        at.other,
                        protocol,
                        stream.wireId));
    }

    private void failed(Opening opening, ConnectionError.Kind kind) {
        if (openings.remove(opening.effect().number(), opening)) {
            port.answer(
                    opening.id(),
                    new StreamAction.OpenFailed(
                            opening.effect().number(),
                            opening.effect().ticket(),
                            opening.effect().peer(),
                            ConnectionError.of(kind, kind.name())));
        }
    }

    @Override
    public void cancel(ActionId id, CancelOpen effect) {
        Optional.ofNullable(openings.get(effect.number()))
                .ifPresent(opening -> network.near(() -> failed(opening, ConnectionError.Kind.CANCELLED)));
    }

    @Override
    public void close(ActionId id, CloseInit effect) {
        Optional.ofNullable(streams.get(effect.stream()))
                .ifPresent(end -> network.near(() -> end.stream.close(end, effect.mode())));
    }

    void streamDown(SimStream.End end) {
        streams.remove(end.handle);
    }
}
