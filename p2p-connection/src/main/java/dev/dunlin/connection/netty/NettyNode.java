package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionEffects;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.channel.ChannelEffect;
import dev.dunlin.connection.channel.ChannelEffects;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffects;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamEffects;
import dev.dunlin.connection.wire.Mounted;
import dev.dunlin.connection.wire.StreamChannels;
import dev.dunlin.connection.wire.StreamExchange;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeBuilder;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node on real sockets whose store is the caller's: it carries out the effects of those machines of this module that the store
 * has. Thread-safe once built.
 *
 * @param <R> the root of the state tree
 */
public final class NettyNode<R> implements AutoCloseable {

    /** The kinds of handles that it hands out itself. */
    public static final Set<String> OWN_KINDS =
            Set.of(ConnectionService.CONNECTION, ConnectionService.LISTENER, NettyTransport.STREAM);

    private final PeerId self;
    private final NodeRuntime<R> runtime;
    private final NettyTransport transport;
    private final StreamExchange exchange;
    private final StreamChannels channels;

    private NettyNode(Builder<R> made) {
        self = made.identity.publicKey().peerId();
        Table<String, String> config =
                StreamConfig.minded(StreamConfig.minded(made.config, made.exchanges.ids()), made.channels.ids());
        NodeBuilder<R> builder = NodeRuntime.of(made.store)
                .handler(NodeEffect.class, EffectHandlers.closing(closing(made.closing)))
                .handler(ConnectionEffect.class, (id, effect) -> ConnectionEffects.handle(id, effect, transport()))
                .handler(StreamEffect.class, (id, effect) -> StreamEffects.handle(id, effect, transport()))
                .handler(ExchangeEffect.class, (id, effect) -> ExchangeEffects.handle(id, effect, exchange()))
                .handler(ChannelEffect.class, (id, effect) -> ChannelEffects.handle(id, effect, channels()));
        made.more.accept(builder);
        runtime = builder.build();
        made.watchers.forEach(runtime::watch);
        transport = new NettyTransport(
                runtime,
                made.store.state().node().run() + 1,
                made.identity,
                made.earlyMuxer,
                made.limits,
                StreamConfig.of(config),
                made.served,
                made.threads,
                made.nameServers);
        NettyMessages messages = new NettyMessages(transport);
        exchange = new StreamExchange(messages, runtime, made.exchanges);
        channels = new StreamChannels(messages, runtime, made.channels);
        made.built.accept(runtime);
        runtime.start(made.name, config.with("node.peerId", self.toString()), new SecureRandom().nextLong());
    }

    private Map<String, Consumer<Handle>> closing(Map<String, Consumer<Handle>> others) {
        Map<String, Consumer<Handle>> all = new HashMap<>(others);
        OWN_KINDS.forEach(kind -> all.put(kind, handle -> transport().closeOrphan(handle)));
        return all;
    }

    // Handlers are wired before the services exist, and run only after.
    private NettyTransport transport() {
        return transport;
    }

    private StreamExchange exchange() {
        return exchange;
    }

    private StreamChannels channels() {
        return channels;
    }

    /** A node with a store and a key. */
    public static <R> Builder<R> of(Store<R> store, PrivateKey identity) {
        return new Builder<>(store, identity);
    }

    /**
     * Collects what a node needs.
     *
     * @param <R> the root of the state tree
     */
    public static final class Builder<R> {
        private final Store<R> store;
        private final PrivateKey identity;
        private String name = "node";
        private Table<String, String> config = Table.empty();
        private Limits limits = Limits.DEFAULT;
        private boolean earlyMuxer = true;
        private int threads = 1;
        private List<InetSocketAddress> nameServers = List.of();
        private Map<String, Function<StreamChannel, StreamReader>> served = Map.of();
        private Catalogue<Protocol<?, ?>> exchanges = new Catalogue<>(List.of());
        private Catalogue<ChannelProtocol<?, ?>> channels = new Catalogue<>(List.of());
        private Consumer<NodeBuilder<R>> more = builder -> {};
        private Consumer<NodeRuntime<R>> built = ready -> {};
        private Map<String, Consumer<Handle>> closing = Map.of();
        private final List<Consumer<Turn>> watchers = new ArrayList<>();

        private Builder(Store<R> store, PrivateKey identity) {
            this.store = store;
            this.identity = identity;
        }

        /** Names the build in the log. */
        public Builder<R> build(String build) {
            name = build;
            return this;
        }

        /** What the machines are configured with; {@code node.peerId} is added. */
        public Builder<R> config(Table<String, String> values) {
            config = values;
            return this;
        }

        /** The transport's bounds; {@link Limits#DEFAULT} if not said. */
        public Builder<R> limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** Whether the stream muxer is agreed inside the Noise handshake (libp2p/specs noise/README.md); it is if not said. */
        public Builder<R> earlyMuxer(boolean early) {
            earlyMuxer = early;
            return this;
        }

        /**
         * How many event loops; one if not said.
         *
         * @throws IllegalArgumentException if it is not at least one
         */
        public Builder<R> threads(int loops) {
            if (loops < 1) {
                throw new IllegalArgumentException("a node has at least one event loop, not " + loops);
            }
            threads = loops;
            return this;
        }

        /** The name servers that are asked, one behind the other; those of this machine if not said. */
        public Builder<R> nameServers(List<InetSocketAddress> servers) {
            nameServers = List.copyOf(servers);
            return this;
        }

        /** Protocols whose streams are the caller's byte streams, by their names on the wire. */
        public Builder<R> served(Map<String, Function<StreamChannel, StreamReader>> readers) {
            served = Map.copyOf(readers);
            return this;
        }

        /** The protocols of the exchange machine: those that it was made with. */
        public Builder<R> exchanges(List<Protocol<?, ?>> protocols) {
            return exchanges(new Catalogue<>(protocols));
        }

        /** As above. */
        public Builder<R> exchanges(Catalogue<Protocol<?, ?>> protocols) {
            exchanges = protocols;
            return this;
        }

        /** The protocols of the channel machine: those that it was made with. */
        public Builder<R> channels(List<ChannelProtocol<?, ?>> protocols) {
            channels = new Catalogue<>(protocols);
            return this;
        }

        /** What else the runtime is built with: a log, budgets, the handlers of the caller's own effects. */
        public Builder<R> with(Consumer<NodeBuilder<R>> others) {
            more = others;
            return this;
        }

        /** Who is told of the runtime before it starts: services of the caller, whose effects may follow at once. */
        public Builder<R> built(Consumer<NodeRuntime<R>> told) {
            built = told;
            return this;
        }

        /** Who closes handles of the caller's kinds that no state took; none of them is one of {@link #OWN_KINDS}. */
        public Builder<R> closing(Map<String, Consumer<Handle>> byKind) {
            closing = Map.copyOf(byKind);
            return this;
        }

        /** Who is told of every turn, from the first one on; as {@link NodeRuntime#watch}. */
        public Builder<R> watching(Consumer<Turn> watcher) {
            watchers.add(watcher);
            return this;
        }

        /**
         * Starts it.
         *
         * @throws IllegalArgumentException as {@link Mounted#check}
         * @throws IllegalStateException as {@link NodeBuilder#build}
         */
        public NettyNode<R> start() {
            exchanges = Catalogue.in(config, exchanges);
            Mounted.check(store, exchanges, channels, served.keySet(), config);
            return new NettyNode<>(this);
        }
    }

    /** Its id. */
    public PeerId self() {
        return self;
    }

    /** Its runtime: state, wishes, figures. */
    public NodeRuntime<R> runtime() {
        return runtime;
    }

    /** Its transport: byte streams, figures. */
    public NettyTransport net() {
        return transport;
    }

    /** Closes its sockets, and stops it. */
    @Override
    public void close() {
        transport.close();
        runtime.stop().join();
    }
}
