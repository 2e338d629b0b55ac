package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionEffects;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.channel.ChannelEffect;
import dev.dunlin.connection.channel.ChannelEffects;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffects;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamEffects;
import dev.dunlin.connection.wire.StreamChannels;
import dev.dunlin.connection.wire.StreamExchange;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The services of one run of one node: what the Netty transport is in production. What runs on its streams is {@link SimStreams}. */
final class SimTransport implements ConnectionService, SimNet.Host {

    private static final int HELLO = 200;
    private static final long WENT_AWAY_AGAIN = 100_000;

    private final SimNet<?> net;
    private final SimNode<?> node;
    private final Port port;
    private final @Nullable Ledger ledger;
    private final PeerId self;
    private final long run;
    private final SimStreams streams;

    // Lists, since a thousand nodes have few of each: maps would take several times their memory.
    private final List<Dial> dials = new ArrayList<>(0);
    private final List<Honest> handshakes = new ArrayList<>(0);
    private final List<Honest> connections = new ArrayList<>(0);
    private final List<Listening> listeners = new ArrayList<>(1);

    private long handles;
    private boolean over;

    private record Dial(ActionId id, ConnectionEffect.ConnectInit effect) {}

    private record Listening(Handle handle, Multiaddr address) {}

    SimTransport(SimNet<?> net, SimNode<?> node, PeerId self, long run, boolean compared) {
        this.net = net;
        this.node = node;
        this.ledger = compared ? new Ledger(node) : null;
        this.port = ledger == null ? node : ledger;
        this.self = self;
        this.run = run;
        this.streams = new SimStreams(this, net, port);
    }

    void handlers() {
        node.handler(ConnectionEffect.class, (id, effect) -> ConnectionEffects.handle(id, effect, this));
        node.handler(StreamEffect.class, (id, effect) -> StreamEffects.handle(id, effect, streams));
        StreamExchange exchange = new StreamExchange(streams, port, net.exchanges());
        node.handler(ExchangeEffect.class, (id, effect) -> ExchangeEffects.handle(id, effect, exchange));
        StreamChannels channels = new StreamChannels(streams, port, net.channels());
        node.handler(ChannelEffect.class, (id, effect) -> ChannelEffects.handle(id, effect, channels));
        node.handler(NodeEffect.class, (id, effect) -> {
            switch (effect) {
                case NodeEffect.CloseHandle close -> {
                    ConnectionEffects.closeOrphan(id, close, this);
                    StreamEffects.closeOrphan(id, close, streams);
                }
            }
        });
    }

    /** The process has ended. */
    void ended(boolean power) {
        over = true;
        listeners.forEach(listener -> net.unlisten(listener.address()));
        List.copyOf(connections).forEach(side -> side.vanish(power));
        // Or who dialled this run would be connected with the next.
        List.copyOf(handshakes).forEach(side -> side.vanish(power));
    }

    /** Our sides of the connections that are up, in the order in which they came up. */
    List<Link.Side> sides() {
        return List.copyOf(connections);
    }

    /** What is open and the state does not hold, or the other way round, but for what the store has not read yet. */
    Optional<String> differenceAfter(Turn turn) {
        return ledger == null ? Optional.empty() : ledger.difference(node, turn, openHandles());
    }

    /** Whether the other side of a connection has closed it, and this one cannot know yet. */
    boolean isEnding(Handle connection) {
        return connection(connection).filter(side -> side.link.isEnding()).isPresent();
    }

    private Set<Handle> openHandles() {
        Set<Handle> open = new HashSet<>();
        connections.forEach(side -> open.add(side.handle));
        listeners.forEach(listener -> open.add(listener.handle()));
        streams.open().forEach(end -> open.add(end.handle));
        return open;
    }

    Optional<String> difference() {
        TreeSet<Handle> open = new TreeSet<>(openHandles());
        TreeSet<Handle> known = new TreeSet<>();
        node.state().orElseThrow().node().handles().keys().forEach(known::add);
        return open.equals(known)
                ? Optional.empty()
                : Optional.of("node " + node.number() + " has open " + open + " and knows of " + known);
    }

    /** A handle for something that is open from now on. */
    Handle handle(String kind) {
        return new Handle(kind, run, ++handles);
    }

    boolean isOver() {
        return over;
    }

    /** Has something happen after all that is to happen now, if the process still runs. */
    void soon(Runnable happens) {
        net.world().after(0, () -> {
            if (!over) {
                happens.run();
            }
        });
    }

    /** Answers an effect, if the process still runs. */
    void answer(ActionId id, Action fact) {
        if (!over) {
            port.answer(id, fact);
        }
    }

    @Override
    public int node() {
        return node.number();
    }

    @Override
    public PeerId id() {
        return self;
    }

    // Dials

    @Override
    public void resolve(ActionId id, ConnectionEffect.ResolveInit effect) {
        OptionalInt named = SimNet.named(effect.address());
        Action answer = named.isPresent()
                ? new ConnectionAction.Resolved(
                        effect.dial(), effect.peer(), effect.address(), SimNet.addresses(named.getAsInt()))
                : new ConnectionAction.ConnectionFailed(
                        effect.dial(),
                        effect.peer(),
                        effect.address(),
                        ConnectionError.of(
                                ConnectionError.Kind.RESOLUTION_FAILED, "the simulated DNS does not know it"));
        net.world().after(2 * net.world().plan().net().least(), () -> answer(id, answer));
    }

    @Override
    public void connect(ActionId id, ConnectionEffect.ConnectInit effect) {
        dials.add(new Dial(id, effect));
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
        Dial dial = dial(effect.dial());
        if (over || dial == null || !found.equals(effect.peer())) {
            // The other side was not told of more than a handshake that broke off.
            link.breakOff(0);
            failed(effect.dial(), ConnectionError.Kind.WRONG_PEER);
            return;
        }
        dials.remove(dial);
        Honest side = new Honest(link, 0, effect.peer());
        link.side(side);
        connections.add(side);
        port.answer(
                dial.id(),
                new ConnectionAction.Connected(
                        effect.dial(), side.handle, effect.peer(), effect.address(), link.hash()));
        side.send(HELLO, Link.Side::established);
    }

    private void failed(long number, ConnectionError.Kind kind) {
        Dial dial = dial(number);
        if (dial != null) {
            dials.remove(dial);
            answer(
                    dial.id(),
                    new ConnectionAction.ConnectionFailed(
                            number,
                            dial.effect().peer(),
                            dial.effect().address(),
                            ConnectionError.of(kind, kind.name())));
        }
    }

    private @Nullable Dial dial(long number) {
        for (Dial dial : dials) {
            if (dial.effect().dial() == number) {
                return dial;
            }
        }
        return null;
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
    final class Honest extends Link.Side {
        final Handle handle = handle(CONNECTION);
        private boolean announced;
        private boolean takesNone;

        Honest(Link link, int end, PeerId other) {
            super(link, end, other);
            announced = end == 0;
        }

        @Override
        void established() {
            announced = true;
            handshakes.remove(this);
            connections.add(this);
            Multiaddr from = SimNet.address(SimNet.nodeOf(other));
            Port.Offer offer = port.offer(new ConnectionAction.Accepted(handle, other, from, link.hash()));
            if (offer != Port.Offer.TAKEN) {
                announced = false;
                close(CloseReason.LOCAL);
            }
        }

        @Override
        Link.Asked asked(Stream stream, List<String> protocols) {
            return announced && !takesNone ? streams.asked(this, stream, protocols) : Link.REFUSED;
        }

        @Override
        void wentAway(long code) {
            if (announced && port.offer(new ConnectionAction.WentAway(handle, other, code)) != Port.Offer.TAKEN) {
                // It is told again: without it, streams would be opened in vain.
                net.world().after(WENT_AWAY_AGAIN, () -> {
                    if (up && !over) {
                        wentAway(code);
                    }
                });
            }
        }

        @Override
        void over(Stream.End stream, EndReason reason) {
            streams.over(this, stream, reason);
        }

        @Override
        void down(CloseReason reason) {
            connections.remove(this);
            handshakes.remove(this);
            streams.down(this);
            if (announced && !over) {
                port.ended(new ConnectionAction.Closed(handle, other, reason, ""));
            }
        }
    }

    @Override
    public void goAway(ActionId id, ConnectionEffect.GoAwayInit effect) {
        // What goes over the wire goes behind the last stream, with the connection's end.
        soon(() -> connection(effect.connection()).ifPresent(side -> side.takesNone = true));
    }

    @Override
    public void disconnect(ActionId id, ConnectionEffect.DisconnectInit effect) {
        soon(() -> connection(effect.connection()).ifPresent(side -> side.close(effect.reason())));
    }

    /** Our side of a connection that is up. */
    Optional<Honest> connection(Handle handle) {
        for (Honest side : connections) {
            if (side.handle.equals(handle)) {
                return Optional.of(side);
            }
        }
        return Optional.empty();
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
            listeners.add(new Listening(listener, effect.address()));
            answer(
                    id,
                    new ConnectionAction.Listening(
                            effect.number(), listener, effect.address(), List.of(effect.address())));
        });
    }

    @Override
    public void stopListening(ActionId id, ConnectionEffect.StopListenInit effect) {
        soon(() -> {
            for (Listening listener : List.copyOf(listeners)) {
                if (listener.handle().equals(effect.listener())) {
                    listeners.remove(listener);
                    net.unlisten(listener.address());
                    port.ended(new ConnectionAction.ListenerClosed(
                            listener.handle(), listener.address(), CloseReason.LOCAL));
                }
            }
        });
    }
}
