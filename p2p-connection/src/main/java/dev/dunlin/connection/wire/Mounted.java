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
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Whether the machines of a store are made for the protocols of its node. */
public final class Mounted {

    private Mounted() {}

    /**
     * Compares the machines of a store with the protocols that its node is given. A protocol that only the machine has is found when
     * it is first served or used.
     *
     * @throws IllegalArgumentException if a machine is missing, or was made without one of these protocols, or one name on the wire
     *     is taken twice; it says what to do
     */
    public static void check(
            Store<?> store,
            Catalogue<Protocol<?, ?>> exchanges,
            Catalogue<ChannelProtocol<?, ?>> channels,
            Set<String> byteStreams) {
        check(
                store,
                ExchangeMachine.NAME,
                exchanges,
                name -> new ExchangeAction.Serve(name),
                ExchangeState.INITIAL,
                "ExchangeMachine.of");
        check(
                store,
                ChannelMachine.NAME,
                channels,
                name -> new ChannelAction.Serve(name),
                ChannelState.INITIAL,
                "ChannelMachine.of");
        for (String id : channels.ids()) {
            if (exchanges.onWire(id).isPresent()) {
                throw new IllegalArgumentException(
                        id + " is called so on the wire by two protocols, one of questions and one of channels");
            }
        }
        for (String id : byteStreams) {
            if (exchanges.onWire(id).isPresent() || channels.onWire(id).isPresent()) {
                throw new IllegalArgumentException(
                        id + " is the name on the wire of a protocol of messages and of byte streams: rename one");
            }
        }
    }

    private static <P extends NamedProtocol, S> void check(
            Store<?> store,
            String name,
            Catalogue<P> protocols,
            Function<String, Action> serve,
            S state,
            String maker) {
        // Another machine may have the name, where a store needs none of these.
        Optional<? extends Machine<?, ?, ?>> machine = store.machines().stream()
                .filter(mounted -> mounted.name().equals(name) && mounted.state() == state.getClass())
                .findFirst();
        if (machine.isEmpty()) {
            if (!protocols.all().isEmpty()) {
                throw new IllegalArgumentException("the store has no " + name + " machine for the protocol "
                        + protocols.all().iterator().next().name() + ": mount " + maker + "(…)");
            }
            return;
        }
        for (P protocol : protocols.all()) {
            if (!knows(machine.get(), serve.apply(protocol.name()), state)) {
                throw new IllegalArgumentException("the " + name + " machine was made without the protocol "
                        + protocol.name() + ": give it to " + maker + ", too");
            }
        }
    }

    // The one clause of serving is that the protocol is known.
    @SuppressWarnings("unchecked")
    private static <S> boolean knows(Machine<?, ?, ?> machine, Action serve, S state) {
        Machine<Object, S, Action> known = (Machine<Object, S, Action>) machine;
        return known.guards().ask(state, state, serve, 0) instanceof Verdict.Enabled;
    }
}
