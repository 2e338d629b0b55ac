package dev.dunlin.connection.stream;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * All streams of a node. A 1 GB transfer is one entry here: the bytes never pass through the store.
 *
 * @param config what the last boot said
 * @param streams every open stream, until the world says that it is closed
 * @param opens the streams being opened, by their number
 * @param perPeer how many streams, open or being opened, each peer has; no zeros
 * @param perConnection how many streams, open or asked of the world, each connection has; no zeros
 * @param lastNumber the last number given to an opening; never falls, not even at a boot
 * @param openDeadlines of each opening: when it is given up
 * @param closeDeadlines of each closing stream: when it is reset
 */
public record StreamState(
        StreamConfig config,
        Table<Handle, Stream> streams,
        Table<Long, PendingOpen> opens,
        Table<PeerId, Integer> perPeer,
        Table<Handle, Integer> perConnection,
        long lastNumber,
        Deadlines<Long> openDeadlines,
        Deadlines<Handle> closeDeadlines) {

    /** Before the first boot. */
    public static final StreamState INITIAL = new StreamState(
            StreamConfig.DEFAULT,
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            0,
            Deadlines.none(),
            Deadlines.none());

    /** Where a stream stands. */
    public enum Phase {
        /** Open. */
        OPEN,
        /** This node has asked for an orderly close. */
        CLOSING,
        /** This node has asked for a reset. */
        RESETTING
    }

    /**
     * One stream with its protocol agreed.
     *
     * @param direction who opened it
     * @param openedAt microseconds since the Unix epoch
     */
    public record Stream(
            Handle connection, PeerId peer, String protocol, Direction direction, long openedAt, Phase phase) {

        Stream in(Phase changed) {
            return new Stream(connection, peer, protocol, direction, openedAt, changed);
        }
    }

    /**
     * One stream being opened.
     *
     * @param ticket who waits
     * @param protocols the protocols offered, best first
     * @param connection on which it is opened; empty while the connection is awaited
     */
    public record PendingOpen(Ticket ticket, PeerId peer, List<String> protocols, Optional<Handle> connection) {
        /** Copies the list. */
        public PendingOpen {
            protocols = List.copyOf(protocols);
        }

        PendingOpen on(Handle chosen) {
            return new PendingOpen(ticket, peer, protocols, Optional.of(chosen));
        }
    }

    /** Whether a stream is open and stays so. */
    public boolean isOpen(Handle stream) {
        return streams.find(stream).filter(known -> known.phase() == Phase.OPEN).isPresent();
    }

    /** How many streams there are, those being opened included. */
    public int total() {
        return streams.size() + opens.size();
    }

    /** When a tick is due. */
    public long nextDeadline() {
        return Math.min(openDeadlines.next(), closeDeadlines.next());
    }
}
