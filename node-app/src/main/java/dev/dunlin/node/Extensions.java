package dev.dunlin.node;

import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a node is extended with. It was mounted once, so that it can be again.
 *
 * @param all the extensions
 * @param machines their machines in mounting order, behind the channel machine if there is a protocol for it
 * @param protocols of questions and answers
 * @param channels of channels
 */
public record Extensions(
        List<Extension> all,
        List<Machine<? super StreamView, ?, ?>> machines,
        List<Protocol<?, ?>> protocols,
        List<ChannelProtocol<?, ?>> channels) {

    /** Nothing. */
    public static final Extensions NONE = new Extensions(List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Extensions {
        all = List.copyOf(all);
        machines = List.copyOf(machines);
        protocols = List.copyOf(protocols);
        channels = List.copyOf(channels);
    }

    /**
     * These.
     *
     * @throws IllegalArgumentException if two have one name, a machine has a name that is taken, or something else keeps them from
     *     being mounted; the message says what to do
     */
    public static Extensions of(Extension... extensions) {
        return of(List.of(extensions));
    }

    /** As {@link #of(Extension...)}. */
    public static Extensions of(List<Extension> extensions) {
        if (extensions.isEmpty()) {
            return NONE;
        }
        Set<String> names = new HashSet<>();
        Set<String> own = new HashSet<>(List.of(ChannelMachine.NAME));
        NodeRoot.newStore().machines().forEach(machine -> own.add(machine.name()));
        Set<String> taken = new HashSet<>();
        List<Machine<? super StreamView, ?, ?>> machines = new ArrayList<>();
        List<Protocol<?, ?>> protocols = new ArrayList<>();
        List<ChannelProtocol<?, ?>> channels = new ArrayList<>();
        for (Extension extension : extensions) {
            if (!names.add(extension.name())) {
                throw new IllegalArgumentException(
                        "two extensions are named " + extension.name() + ": give each a name of its own");
            }
            for (Machine<? super StreamView, ?, ?> machine : extension.machines()) {
                String name = machine.name();
                if (own.contains(name)) {
                    throw new IllegalArgumentException("the extension " + extension.name() + " brings a machine named "
                            + name + ", as one of the node's own is: rename it");
                }
                if (!taken.add(name)) {
                    throw new IllegalArgumentException("the extension " + extension.name()
                            + " brings a second machine named " + name + ": rename one");
                }
                machines.add(machine);
            }
            protocols.addAll(extension.protocols());
            channels.addAll(extension.channels());
        }
        if (!channels.isEmpty()) {
            machines.addFirst(ChannelMachine.of(channels));
        }
        Extensions made = new Extensions(extensions, machines, protocols, channels);
        NodeRoot.newStore(made);
        return made;
    }

    /** These and more, behind them; as {@link #of(Extension...)}. */
    public Extensions and(List<Extension> more) {
        return of(Stream.concat(all.stream(), more.stream()).toList());
    }

    /** Whether there is nothing. */
    public boolean isEmpty() {
        return all.isEmpty();
    }
}
