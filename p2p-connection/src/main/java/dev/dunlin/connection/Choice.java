package dev.dunlin.connection;

import dev.dunlin.core.store.Handle;
import java.util.List;

/**
 * Which of several connections to one peer serves new streams. Several are normal: both sides dial at once, or a side opens
 * another on purpose, or comes back after a crash while its old one still looks open here. Both ends choose by what both know, the
 * order of coming up and the hash of the handshake, so that they come to the same choice; what runs on the others is left
 * alone.
 */
final class Choice {

    private Choice() {}

    /**
     * The one that came up last, as an older one may be dead on the other side; of those that came up within
     * {@link ConnectionConfig#simultaneousWindow}, whose order the ends may see differently, the one with the smallest hash.
     *
     * @param open the open connections to one peer, oldest first, at least one
     */
    static Handle of(ConnectionState own, List<Handle> open) {
        Handle chosen = open.getFirst();
        for (Handle other : open.subList(1, open.size())) {
            if (isBetter(own, own.connections().at(other), own.connections().at(chosen))) {
                chosen = other;
            }
        }
        return chosen;
    }

    private static boolean isBetter(ConnectionState own, Connection later, Connection earlier) {
        return later.openedAt() - earlier.openedAt() > own.config().simultaneousWindow()
                || later.handshakeHash().compareTo(earlier.handshakeHash()) < 0;
    }
}
