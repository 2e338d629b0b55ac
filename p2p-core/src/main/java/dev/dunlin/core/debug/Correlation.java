package dev.dunlin.core.debug;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Turn;
import java.util.List;

/**
 * What of a node's turns was a message to or from another node. The store knows only actions; whoever knows the machines
 * that speak over the network implements this, so that {@link Cluster} can join the logs of several nodes.
 */
@FunctionalInterface
public interface Correlation {

    /** A reader of one node's log. */
    Reader reader();

    /** Reads one node's turns, each once and in order, and keeps what it needs to name what later ones tell. */
    @FunctionalInterface
    interface Reader {
        /** What a turn tells, in the order in which it happened; empty for most. */
        List<Told> read(Turn turn);
    }

    /** Which way a message went over its connection. */
    enum Direction {
        /** From the node that opened the connection to the one that accepted it. */
        FORTH,
        /** From the node that accepted the connection. */
        BACK
    }

    /**
     * The name of a message, the same at both ends.
     *
     * @param connection the connection's name, such as the hash of its handshake
     * @param stream the stream's number on the connection; 0 for the connection itself
     * @param direction which way it went
     * @param what its kind, in the words of the protocol
     * @param ordinal how many of this kind went this way on the stream before it, from 0
     */
    record Key(String connection, long stream, Direction direction, String what, int ordinal) {}

    /** One thing that a turn tells. */
    sealed interface Told {

        /**
         * Who the node is.
         *
         * @param id its id, as other nodes' {@code peer} has it
         */
        record Self(String id) implements Told {}

        /**
         * A message was sent.
         *
         * @param at the action or effect that sent it; also of an earlier turn, where its name was not yet known
         * @param peer the id of the node that it went to
         */
        record Sent(ActionId at, Key key, String peer) implements Told {}

        /**
         * A message arrived.
         *
         * @param at the action that says so
         * @param peer the id of the node that it came from
         * @param expected whether a send must be recorded at the other end; false where a service there may have sent it of
         *     itself
         */
        record Received(ActionId at, Key key, String peer, boolean expected) implements Told {}

        /**
         * The node's end of a connection or stream is no more.
         *
         * @param connection the connection's name
         * @param stream the stream's number on it; 0 if the whole connection ended
         */
        record Ended(String connection, long stream) implements Told {}
    }
}
