package dev.dunlin.connection.stream;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * All streams of a node. A 1 GB transfer is one entry here: the bytes never pass through the store.
 *
 * @param config what the last boot said
 * @param streams every open stream, until the world says that it is closed
 * @param opens the streams being opened, by their number
 * @param counts how many there are of each peer and on each connection
 * @param lastNumber the last number given to an opening; never falls, not even at a boot
 */
public record StreamState(
        StreamConfig config,
        Table<Handle, Stream> streams,
        Table<Long, PendingOpen> opens,
        Counts counts,
        long lastNumber) {

    /** Before the first boot. */
    public static final StreamState INITIAL =
            new StreamState(StreamConfig.DEFAULT, Table.empty(), Table.empty(), Counts.NONE, 0);

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
     * @param at of an open one, when it is looked whether anything moves on it; of a closing one, when the world is asked whether anything moves still
     */
    public record Stream(
            Handle connection, PeerId peer, String protocol, Direction direction, long openedAt, Phase phase, long at)
            implements Due {

        Stream in(Phase changed, long until) {
            return new Stream(connection, peer, protocol, direction, openedAt, changed, until);
        }
    }

    /**
     * One stream being opened.
     *
     * @param ticket who waits
     * @param protocols the protocols offered, best first
     * @param lazy whether it is open as soon as the one protocol is proposed
     * @param connection on which it is opened; empty while the connection is awaited
     * @param at when it is given up
     */
    public record PendingOpen(
            Ticket ticket, PeerId peer, List<String> protocols, boolean lazy, Optional<Handle> connection, long at)
            implements Due {
        /** Copies the list. */
        public PendingOpen {
            protocols = List.copyOf(protocols);
        }

        PendingOpen on(Handle chosen) {
            return new PendingOpen(ticket, peer, protocols, lazy, Optional.of(chosen), at);
        }
    }

    /**
     * How many streams there are, those being opened included.
     *
     * @param inbound streams that peers opened
     * @param outbound streams that this node opened
     */
    public record Tally(int inbound, int outbound) {

        // Most are small, and stand in every peer's and connection's entry: those are one object each.
        private static final int SHARED = 8;
        private static final Tally[] SMALL = new Tally[SHARED * SHARED];

        static {
            for (int i = 0; i < SMALL.length; i++) {
                SMALL[i] = new Tally(i / SHARED, i % SHARED);
            }
        }

        /** None. */
        public static final Tally NONE = of(0, 0);

        static Tally of(int inbound, int outbound) {
            boolean isSmall = inbound >= 0 && inbound < SHARED && outbound >= 0 && outbound < SHARED;
            return isSmall ? SMALL[inbound * SHARED + outbound] : new Tally(inbound, outbound);
        }

        /** With more of one direction, or fewer. */
        public Tally plus(Direction direction, int change) {
            return direction == Direction.INBOUND ? of(inbound + change, outbound) : of(inbound, outbound + change);
        }

        /** Those of one direction. */
        public int of(Direction direction) {
            return direction == Direction.INBOUND ? inbound : outbound;
        }
    }

    /**
     * How many streams there are.
     *
     * @param all in all
     * @param perPeer those with each peer; no zeros
     * @param perConnection those on each connection, open or asked of the world; no zeros
     */
    public record Counts(Tally all, Table<PeerId, Tally> perPeer, Table<Handle, Tally> perConnection) {

        static final Counts NONE = new Counts(Tally.NONE, Table.empty(), Table.empty());

        Counts of(PeerId peer, Direction direction, int change) {
            return new Counts(all.plus(direction, change), counted(perPeer, peer, direction, change), perConnection);
        }

        Counts on(Handle connection, Direction direction, int change) {
            return new Counts(all, perPeer, counted(perConnection, connection, direction, change));
        }

        private static <K extends Comparable<? super K>> Table<K, Tally> counted(
                Table<K, Tally> counts, K key, Direction direction, int change) {
            Tally tally = counts.or(key, Tally.NONE).plus(direction, change);
            return tally.equals(Tally.NONE) ? counts.without(key) : counts.with(key, tally);
        }
    }

    /** Whether a stream is open and stays so. */
    public boolean isOpen(Handle stream) {
        return streams.find(stream).filter(known -> known.phase() == Phase.OPEN).isPresent();
    }

    /** Whether a stream is known that this node has not reset. */
    boolean isNotReset(Handle stream) {
        return streams.find(stream)
                .filter(known -> known.phase() != Phase.RESETTING)
                .isPresent();
    }

    /** How many streams there are, those being opened included. */
    public int total() {
        return streams.size() + opens.size();
    }

    /** The phase of a stream or opening, as the diagram names it. */
    String nameOf(Subject subject) {
        return switch (subject.kind()) {
            case StreamAction.OfOpening.KIND ->
                opens.find(Long.parseLong(subject.key()))
                        .map(open -> open.connection().isPresent() ? "opening" : "waiting")
                        .orElse("absent");
            case StreamAction.OfStream.KIND ->
                streams.find(Handle.parse(subject.key()))
                        .map(stream -> switch (stream.phase()) {
                            case OPEN -> "open";
                            case CLOSING -> "closing";
                            case RESETTING -> "resetting";
                        })
                        .orElse("absent");
            default -> "running";
        };
    }

    StreamState with(StreamConfig changed) {
        return new StreamState(changed, streams, opens, counts, lastNumber);
    }

    StreamState withStream(Handle handle, Stream stream) {
        return new StreamState(config, streams.with(handle, stream), opens, counts, lastNumber);
    }

    StreamState withoutStream(Handle handle) {
        return new StreamState(config, streams.without(handle), opens, counts, lastNumber);
    }

    StreamState withOpen(long number, PendingOpen open) {
        return new StreamState(config, streams, opens.with(number, open), counts, Math.max(lastNumber, number));
    }

    StreamState withoutOpen(long number) {
        return new StreamState(config, streams, opens.without(number), counts, lastNumber);
    }

    StreamState withCounts(Counts changed) {
        return new StreamState(config, streams, opens, changed, lastNumber);
    }
}
