package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;

/**
 * One open socket, secured and multiplexed.
 *
 * @param peer who is at the other end, as its handshake proved
 * @param direction who dialled
 * @param remoteAddress the address at the other end
 * @param handshakeHash the hash of the handshake, the same at both ends (Noise channel binding)
 * @param openedAt microseconds since the Unix epoch
 * @param lastUsed when somebody last began or ended to use it, microseconds since the Unix epoch
 * @param users how many use it now: its streams
 * @param closing whether this node has asked for it to be closed
 * @param at when it is closed because it is idle; of a closing one, when it is asked again
 */
public record Connection(
        PeerId peer,
        Direction direction,
        Multiaddr remoteAddress,
        Bytes handshakeHash,
        long openedAt,
        long lastUsed,
        int users,
        boolean closing,
        long at)
        implements Due {

    Connection used(long now, int change, long until) {
        return new Connection(
                peer, direction, remoteAddress, handshakeHash, openedAt, now, users + change, closing, until);
    }

    Connection closingUntil(long until) {
        return new Connection(peer, direction, remoteAddress, handshakeHash, openedAt, lastUsed, users, true, until);
    }
}
