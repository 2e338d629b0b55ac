package dev.dunlin.node;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.operations.Operated;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/**
 * The root of the node's state tree: one field per machine.
 *
 * @param connection connections to peers, and listeners
 * @param peer what is known of peers
 * @param stream streams on them
 * @param exchange questions and answers on those, of all protocols
 * @param identify what peers say of themselves
 * @param ping round-trip times
 * @param extensions what machines of extensions know
 */
public record NodeRoot(
        ConnectionState connection,
        PeerState peer,
        StreamState stream,
        ExchangeState exchange,
        IdentifyState identify,
        PingState ping,
        ExtensionStates extensions)
        implements StreamView {

    /** A store with all of the node's own machines, before its first input. */
    public static Store<NodeRoot> newStore() {
        return newStore(Extensions.NONE);
    }

    /** As {@link #newStore()}, with the machines of extensions behind them. */
    public static Store<NodeRoot> newStore(Extensions extensions) {
        if (extensions.isEmpty()) {
            return BARE.fresh();
        }
        Model known = last;
        if (known.extensions != extensions) {
            known = new Model(extensions, mounted(own(empty(extensions), extensions), extensions));
            last = known;
        }
        return known.store.fresh();
    }

    private static final Store<NodeRoot> BARE = mounted(own(empty(Extensions.NONE), Extensions.NONE), Extensions.NONE);

    // A program makes some stores of the same machines, one after the other, and looking at all of their types takes
    // its time.
    private static volatile Model last = new Model(Extensions.NONE, BARE);

    private record Model(Extensions extensions, Store<NodeRoot> store) {}

    /** A store with the machines of extensions alone, as a program has that embeds them without a node of libp2p. */
    public static Store<NodeRoot> storeOf(Extensions extensions) {
        return mounted(Store.of(empty(extensions)), extensions);
    }

    private static Store<NodeRoot> mounted(Store.Builder<NodeRoot> store, Extensions extensions) {
        for (int place = 0; place < extensions.machines().size(); place++) {
            mount(store, extensions.machines().get(place), place);
        }
        return store.build();
    }

    @SuppressWarnings("unchecked") // what its own place has
    private static <S, A extends Action> void mount(
            Store.Builder<NodeRoot> store, Machine<? super StreamView, S, A> machine, int place) {
        store.mount(
                machine,
                root -> (S) root.extensions().at(place),
                (root, changed) -> root.withExtension(place, changed));
    }

    private static NodeRoot empty(Extensions extensions) {
        return new NodeRoot(
                ConnectionState.INITIAL,
                PeerState.INITIAL,
                StreamState.INITIAL,
                ExchangeState.INITIAL,
                IdentifyState.INITIAL,
                PingState.INITIAL,
                ExtensionStates.of(extensions.machines()));
    }

    private static Store.Builder<NodeRoot> own(NodeRoot empty, Extensions extensions) {
        return Store.of(empty)
                .mount(Operated.CONNECTION, NodeRoot::connection, NodeRoot::withConnection)
                .mount(Operated.PEER, NodeRoot::peer, NodeRoot::withPeer)
                .mount(Operated.STREAM, NodeRoot::stream, NodeRoot::withStream)
                .mount(
                        StandardProtocols.exchangeWith(extensions.protocols()),
                        NodeRoot::exchange,
                        NodeRoot::withExchange)
                .mount(IdentifyMachine.IDENTIFY, NodeRoot::identify, NodeRoot::withIdentify)
                .mount(Operated.PING, NodeRoot::ping, NodeRoot::withPing);
    }

    private NodeRoot withConnection(ConnectionState changed) {
        return new NodeRoot(changed, peer, stream, exchange, identify, ping, extensions);
    }

    private NodeRoot withPeer(PeerState changed) {
        return new NodeRoot(connection, changed, stream, exchange, identify, ping, extensions);
    }

    private NodeRoot withStream(StreamState changed) {
        return new NodeRoot(connection, peer, changed, exchange, identify, ping, extensions);
    }

    private NodeRoot withExchange(ExchangeState changed) {
        return new NodeRoot(connection, peer, stream, changed, identify, ping, extensions);
    }

    private NodeRoot withIdentify(IdentifyState changed) {
        return new NodeRoot(connection, peer, stream, exchange, changed, ping, extensions);
    }

    private NodeRoot withPing(PingState changed) {
        return new NodeRoot(connection, peer, stream, exchange, identify, changed, extensions);
    }

    private NodeRoot withExtension(int place, Object changed) {
        return new NodeRoot(connection, peer, stream, exchange, identify, ping, extensions.with(place, changed));
    }
}
