package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The protocols that a node can speak, by name and by their names on the wire. Fixed when the machine is made. */
public final class Catalogue {

    private final Map<String, Protocol<?, ?>> byName = new LinkedHashMap<>();
    private final Map<String, Protocol<?, ?>> byId = new LinkedHashMap<>();

    /**
     * These protocols.
     *
     * @throws IllegalArgumentException if two have one name, or one name on the wire
     */
    public Catalogue(List<Protocol<?, ?>> protocols) {
        for (Protocol<?, ?> protocol : protocols) {
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
    public Collection<Protocol<?, ?>> all() {
        return byName.values();
    }

    /** The protocol of a name. */
    public Optional<Protocol<?, ?>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The protocol that is called so on the wire. */
    public Optional<Protocol<?, ?>> onWire(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The types of all messages. */
    List<Class<? extends Message>> messages() {
        Set<Class<? extends Message>> types = new LinkedHashSet<>();
        for (Protocol<?, ?> protocol : all()) {
            types.add(protocol.asks().type());
            types.add(protocol.answers().type());
        }
        return new ArrayList<>(types);
    }
}
