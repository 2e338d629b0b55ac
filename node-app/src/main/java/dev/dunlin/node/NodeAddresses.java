package dev.dunlin.node;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Transport;
import dev.dunlin.dht.routing.RoutingConfig;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import dev.dunlin.node.config.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks over the addresses of a configuration before anything starts: what can never be is its mistake. */
final class NodeAddresses {

    private NodeAddresses() {}

    /**
     * Refuses a configuration whose addresses have mistakes.
     *
     * @param self whose addresses they are; a node that is not there yet is nobody's
     * @throws CommandFailure with all mistakes
     */
    static void require(Configuration configuration, Optional<PeerId> self) {
        ConfigurationOptions.require(checked(configuration, self, true));
    }

    /**
     * Refuses a configuration with mistakes, those of its addresses among them that are such whosever they are.
     *
     * @throws CommandFailure with all of them
     */
    static void requireWhosever(Configuration configuration) {
        ConfigurationOptions.require(checked(configuration, Optional.empty(), false));
    }

    private static Configuration checked(Configuration configuration, Optional<PeerId> self, boolean isKnown) {
        List<Problem> problems = new ArrayList<>();
        for (Multiaddr address : configuration.addresses(NodeSettings.CONNECT)) {
            whyNotDialled(address, self)
                    .ifPresent(why -> problems.add(new Problem(
                            configuration.valueOf(NodeSettings.CONNECT.key()).origin(), address + " " + why)));
        }
        // Where all nodes of a network are started alike, each is among those by which it is joined.
        for (Multiaddr address : configuration.addresses(RoutingConfig.BOOTSTRAP)) {
            whyNotDialled(address, Optional.empty())
                    .ifPresent(why -> problems.add(new Problem(
                            configuration.valueOf(RoutingConfig.BOOTSTRAP.key()).origin(), address + " " + why)));
        }
        for (Multiaddr address : configuration.addresses(NodeSettings.LISTEN)) {
            whyNotListenedAt(address, isKnown ? self : address.peerId())
                    .ifPresent(why -> problems.add(new Problem(
                            configuration.valueOf(NodeSettings.LISTEN.key()).origin(), address + " " + why)));
        }
        return configuration.with(problems);
    }

    private static Optional<String> whyNotDialled(Multiaddr address, Optional<PeerId> self) {
        Optional<PeerId> peer = address.peerId();
        if (peer.isEmpty()) {
            return Optional.of(Node.NO_PEER);
        }
        if (self.equals(peer)) {
            return Optional.of("is this node itself: give the address of another peer");
        }
        Transport transport = address.withoutPeer().orElse(address).transport();
        boolean isTcp = transport == Transport.TCP && address.port().orElse(0) != 0;
        return isTcp || transport == Transport.DNSADDR
                ? Optional.empty()
                : Optional.of("cannot be dialled: give an address as /ip4/192.0.2.1/tcp/4001/p2p/" + peer.get()
                        + " or /dnsaddr/example.org/p2p/" + peer.get());
    }

    private static Optional<String> whyNotListenedAt(Multiaddr address, Optional<PeerId> self) {
        Multiaddr where = address.withoutPeer().orElse(address);
        if (where.transport() != Transport.TCP || !(where.host().orElse(null) instanceof Component.Ip)) {
            return Optional.of("cannot be listened at: give an address as /ip4/0.0.0.0/tcp/4001 or /ip6/::/tcp/4001");
        }
        return address.peerId().isEmpty() || address.peerId().equals(self)
                ? Optional.empty()
                : Optional.of("names "
                        + self.map(own -> "another peer than this node, which is " + own)
                                .orElse("a peer, and this node has no key yet")
                        + ": leave out /p2p/ and what follows it");
    }
}
