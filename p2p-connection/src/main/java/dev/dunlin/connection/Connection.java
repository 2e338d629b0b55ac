package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import java.util.Optional;

/**
 * One open socket, secured and multiplexed.
 *
 * @param peer who is at the other end, as its handshake proved
 * @param direction who dialled
 * @param remoteAddress the address at the other end
 * @param handshakeHash the hash of the handshake, the same at both ends (Noise channel binding)
 * @param openedAt microseconds since the Unix epoch
 * @param lastUsed when somebody last began or ended to use it, or was told of it; microseconds since the Unix epoch
 * @param users how many use it now: its streams, those being opened included
 * @param stage how far its end has come
 * @param reason why this node ends it, or the other side wants it ended; empty while nobody does
 * @param at of an open one, when it is closed because nobody uses it; of a draining one, when it is closed though somebody
 *     does; of a closing one, when the world is asked again
 */
public record Connection(
        PeerId peer,
        Direction direction,
        Multiaddr remoteAddress,
        Bytes handshakeHash,
        long openedAt,
        long lastUsed,
        int users,
        Stage stage,
        Optional<CloseReason> reason,
        long at)
        implements Due {

    /** How far the end of a connection has come. */
    public enum Stage {
        /** It takes new streams. */
        OPEN,
        /** It takes no new streams of ours; those that run go on. */
        DRAINING,
        /** The world was asked to close it. */
        CLOSING
    }

    /** Whether new streams may be opened on it. */
    public boolean isOpen() {
        return stage == Stage.OPEN;
    }

    /** Whether this node has asked the world to close it. */
    public boolean isClosing() {
        return stage == Stage.CLOSING;
    }

    Connection used(long now, int change) {
        return new Connection(
                peer, direction, remoteAddress, handshakeHash, openedAt, now, users + change, stage, reason, at);
    }

    Connection until(long deadline) {
        return new Connection(
                peer, direction, remoteAddress, handshakeHash, openedAt, lastUsed, users, stage, reason, deadline);
    }

    Connection ending(Stage changed, CloseReason why, long deadline) {
        return new Connection(
                peer,
                direction,
                remoteAddress,
                handshakeHash,
                openedAt,
                lastUsed,
                users,
                changed,
                Optional.of(why),
                deadline);
    }
}
