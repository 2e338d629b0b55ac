package dev.dunlin.connection.protocol;

import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The protocols that a node can speak by one machine, by name and by their names on the wire. Fixed when the machine is made.
 *
 * @param <P> their shape
 */
public final class Catalogue<P extends NamedProtocol> {

    private final Map<String, P> byName = new LinkedHashMap<>();
    private final Map<String, P> byId = new LinkedHashMap<>();

    /**
     * These protocols.
     *
     * @throws IllegalArgumentException if two have one name, or one name on the wire
     */
    public Catalogue(List<? extends P> protocols) {
        for (P protocol : protocols) {
            if (byName.put(protocol.name(), protocol) != null) {
                throw new IllegalArgumentException("two protocols are named " + protocol.name() + ": rename one");
            }
            for (String id : protocol.ids()) {
                if (byId.put(id, protocol) != null) {
                    throw new IllegalArgumentException("two protocols are called " + id + " on the wire");
                }
            }
        }
    }

    /** All of them. */
    public Collection<P> all() {
        return byName.values();
    }

    /** The protocol of a name. */
    public Optional<P> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The protocol that is called so on the wire. */
    public Optional<P> onWire(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * These protocols as a node with this configuration calls them.
     *
     * @throws IllegalArgumentException if two of them have one name on the wire then
     */
    public static Catalogue<Protocol<?, ?>> in(Table<String, String> config, Catalogue<Protocol<?, ?>> protocols) {
        List<Protocol<?, ?>> called = new ArrayList<>();
        for (Protocol<?, ?> protocol : protocols.all()) {
            called.add(protocol.in(config));
        }
        return new Catalogue<>(called);
    }

    /** What they are called on the wire. */
    public Set<String> ids() {
        return Collections.unmodifiableSet(byId.keySet());
    }

    /** The types of all messages. */
    public List<Class<? extends Message>> messages() {
        Set<Class<? extends Message>> types = new LinkedHashSet<>();
        for (P protocol : all()) {
            for (MessageCodec<?> codec : protocol.codecs()) {
                types.add(codec.type());
            }
        }
        return new ArrayList<>(types);
    }
}
