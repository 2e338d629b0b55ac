package dev.dunlin.connection.channel;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.core.multiformats.PeerId;
import java.util.Optional;

/** Whether there is room for one more channel. */
final class Places {

    private final Catalogue<ChannelProtocol<?, ?>> catalogue;

    Places(Catalogue<ChannelProtocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
    }

    /** Which bound allows no more. */
    enum Bound {
        /** Channels of the node. */
        NODE,
        /** Channels of the protocol. */
        PROTOCOL,
        /** Channels of the protocol with the peer. */
        PEER,
        /** Bytes of outboxes. */
        BYTES
    }

    /** Why there is no room; empty if there is. */
    Optional<Bound> refusal(ChannelState own, PeerId peer, String protocol, Direction direction) {
        ChannelLimits limits = limits(protocol);
        boolean inbound = direction == Direction.INBOUND;
        if (own.total(direction) >= own.config().max(direction)) {
            return Optional.of(Bound.NODE);
        }
        if (own.use(protocol).channels().of(direction) >= (inbound ? limits.inbound() : limits.outbound())) {
            return Optional.of(Bound.PROTOCOL);
        }
        if (own.lane(peer, protocol).of(direction) >= (inbound ? limits.inboundPerPeer() : limits.outboundPerPeer())) {
            return Optional.of(Bound.PEER);
        }
        return reserved(own, direction) + limits.outboxBytes() > own.config().maxBytes() / 2
                ? Optional.of(Bound.BYTES)
                : Optional.empty();
    }

    // A channel's outbox is paid for as a whole when it is opened: so a message is never refused for want of the node's
    // bytes, and
    // nobody has to be told when there are some again.
    private long reserved(ChannelState own, Direction direction) {
        long bytes = 0;
        for (ChannelProtocol<?, ?> protocol : catalogue.all()) {
            bytes += own.use(protocol.name()).channels().of(direction)
                    * protocol.limits().outboxBytes();
        }
        return bytes;
    }

    private ChannelLimits limits(String protocol) {
        return catalogue.named(protocol).orElseThrow().limits();
    }
}
