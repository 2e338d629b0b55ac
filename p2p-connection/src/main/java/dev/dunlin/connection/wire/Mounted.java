package dev.dunlin.connection.wire;

import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelState;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.NamedProtocol;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.WireNames;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Whether the machines of a store are made for the protocols of its node. */
public final class Mounted {

    private static final Handle STREAM = new Handle("stream", 0, 0);
    private static final PeerId SOMEBODY = PeerId.ofPublicKey(new byte[] {0});

    private Mounted() {}

    /**
     * Compares the machines of a store with the protocols that its node is given. A protocol that only the machine has is found when
     * it is first served or used.
     *
     * @param exchanges as the node calls them
     * @param byteStreams what protocols are called on the wire that no machine speaks
     * @param config of the node
     * @throws IllegalArgumentException if a machine is missing, or was made without one of these protocols or with another name of it
     *     on the wire, or one name on the wire is taken twice; it says what to do
     */
    public static void check(
            Store<?> store,
            Catalogue<Protocol<?, ?>> exchanges,
            Catalogue<ChannelProtocol<?, ?>> channels,
            Set<String> byteStreams,
            Table<String, String> config) {
        Speaker<?> asks = new Speaker<>(
                store,
                ExchangeMachine.NAME,
                "ExchangeMachine.of",
                ExchangeState.naming(WireNames.of(config, exchanges)),
                ExchangeAction.Serve::new,
                id -> new ExchangeAction.Offered(STREAM, STREAM, SOMEBODY, id));
        Speaker<?> carries = new Speaker<>(
                store,
                ChannelMachine.NAME,
                "ChannelMachine.of",
                ChannelState.INITIAL,
                ChannelAction.Serve::new,
                id -> new ChannelAction.Offered(STREAM, STREAM, SOMEBODY, id));
        asks.isMadeFor(exchanges);
        carries.isMadeFor(channels);
        channels.ids().stream().filter(asks::takes).forEach(Mounted::twice);
        exchanges.ids().stream().filter(carries::takes).forEach(Mounted::twice);
        for (String id : byteStreams) {
            if (asks.takes(id) || carries.takes(id)) {
                throw new IllegalArgumentException(
                        id + " is the name on the wire of a protocol of messages and of byte streams: rename one");
            }
        }
    }

    private static void twice(String id) {
        throw new IllegalArgumentException(
                id + " is the name on the wire of two protocols, one of questions and one of channels: rename one");
    }

    /** A machine that speaks protocols, if there is one: it is asked by its guards, which alone know them. */
    private static final class Speaker<S> {
        private final String name;
        private final String maker;
        private final Optional<Guards<Object, S, Action>> guards;
        private final S state;
        private final Function<String, Action> serve;
        private final Function<String, Action> offered;

        @SuppressWarnings("unchecked")
        Speaker(
                Store<?> store,
                String name,
                String maker,
                S state,
                Function<String, Action> serve,
                Function<String, Action> offered) {
            this.name = name;
            this.maker = maker;
            this.state = state;
            this.serve = serve;
            this.offered = offered;
            // Another machine may have the name, where a store needs none of these.
            this.guards = store.machines().stream()
                    .filter(mounted -> mounted.name().equals(name) && mounted.state() == state.getClass())
                    .findFirst()
                    .map(mounted -> ((Machine<Object, S, Action>) mounted).guards());
        }

        void isMadeFor(Catalogue<? extends NamedProtocol> protocols) {
            for (NamedProtocol protocol : protocols.all()) {
                if (guards.isEmpty()) {
                    throw new IllegalArgumentException("the store has no " + name + " machine for the protocol "
                            + protocol.name() + ": mount " + maker + "(…)");
                }
                if (refuses(serve.apply(protocol.name()))) {
                    throw new IllegalArgumentException("the " + name + " machine was made without the protocol "
                            + protocol.name() + ": give it to " + maker + ", too");
                }
                for (String id : protocol.ids()) {
                    if (refuses(offered.apply(id))) {
                        throw new IllegalArgumentException("the " + name + " machine was made with a protocol "
                                + protocol.name() + " that is not called " + id
                                + " on the wire: give the same protocol to both");
                    }
                }
            }
        }

        /** Whether streams of this name on the wire go to it. */
        boolean takes(String id) {
            Action stream = offered.apply(id);
            // Guards that were lifted for a test refuse nothing, and so tell nothing.
            return guards.isPresent()
                    && !guards.get().clausesOf(stream.getClass()).isEmpty()
                    && !refuses(stream);
        }

        private boolean refuses(Action action) {
            return guards.isPresent() && !(guards.get().ask(state, state, action, 0) instanceof Verdict.Enabled);
        }
    }
}
