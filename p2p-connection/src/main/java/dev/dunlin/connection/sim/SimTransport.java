package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionEffects;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyContent;
import dev.dunlin.connection.identify.IdentifyEffect;
import dev.dunlin.connection.identify.IdentifyEffects;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.identify.IdentifyService;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingEffect;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.ping.PingService;
import dev.dunlin.connection.sim.Link.Stream;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamEffects;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The services of one run of one node: what the Netty transport is in production. */
final class SimTransport implements ConnectionService, StreamService, IdentifyService, PingService, SimNet.Host {

    /** The protocols that every node takes streams for. */
    static final List<String> PROTOCOLS = List.of(PingMachine.PROTOCOL, IdentifyMachine.ID, IdentifyMachine.ID_PUSH);

    private static final int HELLO = 200;

    private final SimNet<?> net;
    private final SimNode<?> port;
    private final PeerId self;
    private final long run;
    private final Map<Long, Dial> dials = new HashMap<>();
    private final Map<Handle, Honest> connections = new LinkedHashMap<>();
    private final Set<Honest> handshakes = new LinkedHashSet<>();
    private final Map<Handle, Multiaddr> listeners = new LinkedHashMap<>();
    private final Map<Long, Opening> openings = new LinkedHashMap<>();
    private final Map<Handle, Stream.End> openStreams = new HashMap<>();
    private long handles;
    private boolean over;

    private record Dial(ActionId id, ConnectionEffect.ConnectInit effect) {}

    private record Opening(ActionId id, StreamEffect.OpenInit effect, Optional<Stream> stream) {}

    SimTransport(SimNet<?> net, SimNode<?> port, PeerId self, long run) {
        this.net = net;
        this.port = port;
        this.self = self;
        this.run = run;
    }

    void handlers(SimNode<?> node) {
        node.handler(ConnectionEffect.class, (id, effect) -> ConnectionEffects.handle(id, effect, this));
        node.handler(StreamEffect.class, (id, effect) -> StreamEffects.handle(id, effect, this));
        node.handler(IdentifyEffect.class, (id, effect) -> IdentifyEffects.handle(id, effect, this));
        node.handler(PingEffect.class, this::handle);
        node.handler(NodeEffect.class, (id, effect) -> {
            switch (effect) {
                case NodeEffect.CloseHandle close -> {
                    ConnectionEffects.closeOrphan(id, close, this);
                    StreamEffects.closeOrphan(id, close, this);
                }
            }
        });
    }

    /** The process has ended. */
    void ended(boolean power) {
        over = true;
        listeners.values().forEach(net::unlisten);
        List.copyOf(connections.values()).forEach(side -> side.vanish(power));
        // Or who dialled this run would be connected with the next.
        List.copyOf(handshakes).forEach(side -> side.vanish(power));
    }

    /** Our sides of the connections that are up, in the order in which they came up. */
    List<Link.Side> sides() {
        return List.copyOf(connections.values());
    }

    Optional<String> difference(SimNode<?> node) {
        TreeSet<Handle> open = new TreeSet<>(connections.keySet());
        open.addAll(listeners.keySet());
        open.addAll(openStreams.keySet());
        TreeSet<Handle> known = new TreeSet<>();
        node.state().orElseThrow().node().handles().keys().forEach(known::add);
        return open.equals(known)
                ? Optional.empty()
                : Optional.of("node " + node.number() + " has open " + open + " and knows of " + known);
    }

    private Handle handle(String kind) {
        return new Handle(kind, run, ++handles);
    }

    private void soon(Runnable happens) {
        net.world().after(0, () -> {
            if (!over) {
                happens.run();
            }
        });
    }

    @Override
    public int node() {
        return port.number();
    }

    @Override
    public PeerId id() {
        return self;
    }

    // Dials

    @Override
    public void connect(ActionId id, ConnectionEffect.ConnectInit effect) {
        dials.put(effect.dial(), new Dial(id, effect));
        SimNet.Host host = net.at(effect.address());
        if (host == null) {
            long away = 2 * net.world().plan().net().least();
            net.world().after(away, () -> failed(effect.dial(), ConnectionError.Kind.REFUSED));
            return;
        }
        Link link = new Link(net.world(), node(), host.node());
        link.whenUnmade(() -> failed(effect.dial(), ConnectionError.Kind.IO));
        link.carry(0, HELLO, () -> {
            // Who listened when the dial began may be gone, or be another.
            SimNet.Host there = net.at(effect.address());
            Optional<Link.Side> side = there == null ? Optional.empty() : there.dialled(link, self);
            if (there == null) {
                link.carry(1, 0, () -> {
                    link.abandon();
                    failed(effect.dial(), ConnectionError.Kind.REFUSED);
                });
            } else if (side.isPresent()) {
                link.side(side.get());
                PeerId found = there.id();
                link.carry(1, HELLO, () -> welcomed(effect, link, found));
            }
        });
    }

    private void welcomed(ConnectionEffect.ConnectInit effect, Link link, PeerId found) {
        Dial dial = dials.get(effect.dial());
        if (over || dial == null || !found.equals(effect.peer())) {
            // The other side was not told of more than a handshake that broke off.
            link.breakOff(0);
            failed(effect.dial(), ConnectionError.Kind.WRONG_PEER);
            return;
        }
        dials.remove(effect.dial());
        Honest side = new Honest(link, 0, effect.peer());
        link.side(side);
        connections.put(side.handle, side);
        port.answer(
                dial.id(),
                new ConnectionAction.Connected(
                        effect.dial(), side.handle, effect.peer(), effect.address(), link.hash()));
        side.send(HELLO, Link.Side::established);
    }

    private void failed(long number, ConnectionError.Kind kind) {
        Dial dial = dials.remove(number);
        if (dial != null && !over) {
            port.answer(
                    dial.id(),
                    new ConnectionAction.ConnectionFailed(
                            number,
                            dial.effect().peer(),
                            dial.effect().address(),
                            ConnectionError.of(kind, kind.name())));
        }
    }

    @Override
    public void cancel(ActionId id, ConnectionEffect.CancelDial effect) {
        soon(() -> failed(effect.dial(), ConnectionError.Kind.CANCELLED));
    }

    @Override
    public Optional<Link.Side> dialled(Link link, PeerId from) {
        if (over) {
            return Optional.empty();
        }
        Honest side = new Honest(link, 1, from);
        handshakes.add(side);
        return Optional.of(side);
    }

    // Connections

    /** Our side of a connection. */
    private final class Honest extends Link.Side {
        final Handle handle = handle(CONNECTION);
        private boolean announced;

        Honest(Link link, int end, PeerId other) {
            super(link, end, other);
            announced = end == 0;
        }

        @Override
        void established() {
            announced = true;
            handshakes.remove(this);
            connections.put(handle, this);
            Multiaddr from = SimNet.address(SimNet.nodeOf(other));
            Port.Offer offer = port.offer(new ConnectionAction.Accepted(handle, other, from, link.hash()));
            if (offer != Port.Offer.TAKEN) {
                announced = false;
                close(CloseReason.LOCAL);
            }
        }

        @Override
        Link.Asked asked(Stream stream, List<String> protocols) {
            Optional<String> protocol =
                    protocols.stream().filter(PROTOCOLS::contains).findFirst();
            if (protocol.isEmpty() || !announced) {
                return Link.REFUSED;
            }
            Handle opened = handle(STREAM);
            if (port.offer(new StreamAction.StreamAccepted(opened, handle, other, protocol.get(), stream.wireId()))
                    != Port.Offer.TAKEN) {
                return Link.REFUSED;
            }
            Stream.End end = new Stream.End(stream, this, 1, opened, protocol.get());
            openStreams.put(opened, end);
            return new Link.Taken(end);
        }

        @Override
        void over(Stream.End stream, EndReason reason) {
            openStreams.remove(stream.handle);
            if (!over) {
                port.ended(new StreamAction.StreamClosed(stream.handle, handle, other, stream.protocol, reason));
            }
        }

        @Override
        void down(CloseReason reason) {
            connections.remove(handle);
            handshakes.remove(this);
            for (Opening opening : List.copyOf(openings.values())) {
                if (opening.effect().connection().equals(handle)) {
                    failed(opening, ConnectionError.Kind.CONNECTION_CLOSED);
                }
            }
            if (announced && !over) {
                port.ended(new ConnectionAction.Closed(handle, other, reason));
            }
        }
    }

    @Override
    public void disconnect(ActionId id, ConnectionEffect.DisconnectInit effect) {
        soon(() -> Optional.ofNullable(connections.get(effect.connection()))
                .ifPresent(side -> side.close(CloseReason.LOCAL)));
    }

    // Listeners

    @Override
    public void listen(ActionId id, ConnectionEffect.ListenInit effect) {
        soon(() -> {
            if (!net.listen(effect.address(), this)) {
                answer(
                        id,
                        new ConnectionAction.ListenFailed(
                                effect.number(),
                                effect.address(),
                                ConnectionError.of(ConnectionError.Kind.ADDRESS_UNAVAILABLE, "taken")));
                return;
            }
            Handle listener = handle(LISTENER);
            listeners.put(listener, effect.address());
            answer(
                    id,
                    new ConnectionAction.Listening(
                            effect.number(), listener, effect.address(), List.of(effect.address())));
        });
    }

    private void answer(ActionId id, Action fact) {
        if (!over) {
            port.answer(id, fact);
        }
    }

    @Override
    public void stopListening(ActionId id, ConnectionEffect.StopListenInit effect) {
        soon(() -> {
            Multiaddr address = listeners.remove(effect.listener());
            if (address != null) {
                net.unlisten(address);
                port.ended(new ConnectionAction.ListenerClosed(effect.listener(), address, CloseReason.LOCAL));
            }
        });
    }

    // Streams

    @Override
    public void open(ActionId id, StreamEffect.OpenInit effect) {
        Honest side = connections.get(effect.connection());
        Opening opening = new Opening(id, effect, Optional.ofNullable(side).map(Stream::new));
        openings.put(effect.number(), opening);
        if (side == null) {
            soon(() -> failed(opening, ConnectionError.Kind.CONNECTION_CLOSED));
            return;
        }
        Stream stream = opening.stream().orElseThrow();
        side.send(HELLO, there -> {
            switch (there.asked(stream, effect.protocols())) {
                case Link.Taken(Stream.End theirs) -> there.send(HELLO, back -> opened(opening, side, theirs));
                case Link.Refused _ ->
                    there.send(HELLO, back -> failed(opening, ConnectionError.Kind.NO_COMMON_PROTOCOL));
                case Link.Unanswered _ -> {
                    // The machine gives it up.
                }
            }
        });
    }

    private void opened(Opening opening, Honest side, Stream.End theirs) {
        StreamEffect.OpenInit effect = opening.effect();
        Stream.End end = new Stream.End(theirs.stream, side, 0, handle(STREAM), theirs.protocol);
        if (!openings.remove(effect.number(), opening)) {
            // It is no longer wanted.
            side.streams.remove(end);
            end.open = false;
            side.send(0, there -> theirs.end(EndReason.REMOTE_RESET));
            return;
        }
        openStreams.put(end.handle, end);
        answer(
                opening.id(),
                new StreamAction.StreamOpened(
                        effect.number(),
                        effect.ticket(),
                        end.handle,
                        side.handle,
                        side.other,
                        end.protocol,
                        end.stream.wireId()));
        if (!theirs.open) {
            end.end(EndReason.REMOTE_RESET);
        }
    }

    private void failed(Opening opening, ConnectionError.Kind kind) {
        StreamEffect.OpenInit effect = opening.effect();
        if (openings.remove(effect.number(), opening)) {
            answer(
                    opening.id(),
                    new StreamAction.OpenFailed(
                            effect.number(), effect.ticket(), effect.peer(), ConnectionError.of(kind, kind.name())));
        }
    }

    @Override
    public void cancel(ActionId id, StreamEffect.CancelOpen effect) {
        soon(() -> Optional.ofNullable(openings.get(effect.number()))
                .ifPresent(opening -> failed(opening, ConnectionError.Kind.CANCELLED)));
    }

    @Override
    public void close(ActionId id, StreamEffect.CloseInit effect) {
        soon(() -> Optional.ofNullable(openStreams.get(effect.stream())).ifPresent(end -> {
            if (effect.mode() == CloseMode.RESET) {
                end.reset();
            } else {
                end.closeWrite();
            }
        }));
    }

    // Identify

    @Override
    public void read(ActionId id, Handle stream, PeerId peer) {
        Stream.End end = openStreams.get(stream);
        if (end == null) {
            soon(() -> answer(id, new IdentifyAction.ReadFailed(stream, peer, "the stream is closed")));
            return;
        }
        end.closeWrite();
        end.read(message -> answer(
                id,
                message.<IdentifyAction>map(said -> new IdentifyAction.Received(stream, peer, said))
                        .orElseGet(() -> new IdentifyAction.ReadFailed(stream, peer, "the stream ended"))));
    }

    @Override
    public void send(ActionId id, Handle stream, PeerId peer, IdentifyContent content) {
        Stream.End end = openStreams.get(stream);
        if (end == null) {
            soon(() -> answer(id, new IdentifyAction.SendFailed(stream, peer, "the stream is closed")));
            return;
        }
        // As it comes out at the other end, where the signature was checked.
        end.say(new Identified(
                Optional.of(content.protocolVersion()),
                Optional.of(content.agentVersion()),
                Optional.of(self),
                content.addresses(),
                content.protocols(),
                content.observedAddress(),
                Optional.empty(),
                0));
        answer(id, new IdentifyAction.Sent(stream, peer));
        end.closeWrite();
    }

    // Ping

    @Override
    public void sendPing(ActionId id, Handle stream, PeerId peer) {
        Stream.End end = openStreams.get(stream);
        if (end == null) {
            soon(() -> answer(id, new PingAction.PongLost(stream, peer, "the stream is closed")));
            return;
        }
        long sent = net.world().now();
        end.sendPing(pong -> answer(
                id,
                switch (pong) {
                    case RIGHT ->
                        new PingAction.PongReceived(stream, peer, net.world().now() - sent);
                    case WRONG -> new PingAction.PongLost(stream, peer, "the peer sent back other bytes");
                    case LOST -> new PingAction.PongLost(stream, peer, "the stream ended");
                }));
    }

    @Override
    public void echo(Handle stream) {
        Stream.End end = openStreams.get(stream);
        if (end != null) {
            end.echo(Link.Echo.RIGHT);
        }
    }
}
