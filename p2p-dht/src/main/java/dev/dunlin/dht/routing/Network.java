package dev.dunlin.dht.routing;

import dev.dunlin.core.state.TextType;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.KadProtocol;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A Kademlia network that a node is part of (ipfs/specs src/routing/kad-dht.md, "DHT Swarms"). */
public enum Network {
    /** That of the internet; where addresses are not told apart, that of one machine or of a test. */
    WIDE(KadProtocol.NAME),
    /** That of the local network. */
    LOCAL(KadProtocol.LAN_NAME);

    /** As text: its name. */
    public static final TextType<Network> TEXT =
            new TextType<>(Network.class, "Network", Network::name, Network::valueOf);

    private final String protocol;

    Network(String protocol) {
        this.protocol = protocol;
    }

    /** What people call it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of its protocol. */
    public String protocol() {
        return protocol;
    }

    /** What its protocol is called on the wire, where the internet's network has a prefix. */
    String id(String prefix) {
        return switch (this) {
            case WIDE -> KadProtocol.wideId(prefix);
            case LOCAL -> KadProtocol.localId(prefix);
        };
    }

    /** The network whose protocol has a name. */
    static Optional<Network> of(String protocol) {
        for (Network network : values()) {
            if (network.protocol.equals(protocol)) {
                return Optional.of(network);
            }
        }
        return Optional.empty();
    }

    /** Those that a node is part of. */
    static List<Network> of(RoutingConfig config) {
        if (config.mode() == Mode.OFF || config.self().isEmpty()) {
            return List.of();
        }
        return config.isScoped() ? List.of(WIDE, LOCAL) : List.of(WIDE);
    }

    /**
     * Which addresses it is made of.
     *
     * @param isScoped as {@link RoutingConfig#isScoped}
     */
    public AddressFilter filter(boolean isScoped) {
        if (!isScoped) {
            return AddressFilter.ANY;
        }
        return switch (this) {
            case WIDE -> AddressFilter.PUBLIC;
            case LOCAL -> AddressFilter.LOCAL;
        };
    }
}
