package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.Optional;

/**
 * Two nodes that dial one another at once end up with two connections. Both keep the one that the smaller peer id
 * dialled. Both ends come to the same choice whatever they see first, so at most the other connection goes, never both.
 */
final class Duplicates {

    private Duplicates() {}

    /**
     * The direction, as this node sees it, of the connection that stays; empty while this node's own id is not known.
     */
    static Optional<Direction> preferred(ConnectionConfig config, PeerId peer) {
        return config.self().map(self -> self.compareTo(peer) < 0 ? Direction.OUTBOUND : Direction.INBOUND);
    }

    /**
     * Closes what is too much after a connection came up. Only connections of the other direction that are as young
     * count: an old one may be dead on the other side, as after its restart, and must not keep the new one out.
     */
    static ConnectionState settle(ConnectionState own, PeerId peer, Handle newest, Context ctx) {
        Optional<Direction> preferred = preferred(own.config(), peer);
        if (preferred.isEmpty() || !(own.phaseOf(peer) instanceof Connected connected)) {
            return own;
        }
        Direction direction = own.connections().at(newest).direction();
        ConnectionState settled = own;
        for (Handle other : connected.open()) {
            Connection rival = own.connections().at(other);
            if (rival.direction() == direction
                    || ctx.now() - rival.openedAt() > own.config().simultaneousWindow()) {
                continue;
            }
            if (direction != preferred.get()) {
                return Sockets.close(settled, newest, CloseReason.DUPLICATE, ctx);
            }
            settled = Sockets.close(settled, other, CloseReason.DUPLICATE, ctx);
        }
        return settled;
    }
}
