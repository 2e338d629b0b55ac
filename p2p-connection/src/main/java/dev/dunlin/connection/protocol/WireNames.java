package dev.dunlin.connection.protocol;

import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What protocols are called on the wire, of a node whose configuration may have a say in it.
 *
 * @param begins what the names of a protocol begin with, by its name; only if that is not the standard
 */
public record WireNames(Table<String, String> begins) {

    /** All are called as the standard is. */
    public static final WireNames STANDARD = new WireNames(Table.empty());

    /** As a configuration says. */
    public static WireNames of(Table<String, String> config, Catalogue<Protocol<?, ?>> protocols) {
        Table<String, String> begins = Table.empty();
        for (Protocol<?, ?> protocol : protocols.all()) {
            if (protocol.prefix().isPresent()) {
                String value = protocol.prefix().get().setting().of(config);
                if (!value.equals(protocol.prefix().get().setting().standard())) {
                    begins = begins.with(protocol.name(), value);
                }
            }
        }
        return begins.isEmpty() ? STANDARD : new WireNames(begins);
    }

    /** What a protocol is called, the preferred first. */
    public List<String> of(Protocol<?, ?> protocol) {
        return begins.find(protocol.name())
                .<List<String>>map(value -> protocol.beginning(value).ids())
                .orElse(protocol.ids());
    }

    /** The protocol that is called so. */
    public Optional<Protocol<?, ?>> onWire(String id, Catalogue<Protocol<?, ?>> protocols) {
        for (Map.Entry<String, String> other : begins) {
            Optional<Protocol<?, ?>> protocol = protocols.named(other.getKey());
            if (protocol.isPresent() && of(protocol.get()).contains(id)) {
                return protocol;
            }
        }
        return protocols.onWire(id).filter(protocol -> !begins.has(protocol.name()));
    }

    /** Whether some node calls one of these protocols so. */
    public static boolean mayBe(String id, Catalogue<Protocol<?, ?>> protocols) {
        if (protocols.onWire(id).isPresent()) {
            return true;
        }
        for (Protocol<?, ?> protocol : protocols.all()) {
            if (protocol.prefix().filter(prefix -> prefix.fits(id)).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
