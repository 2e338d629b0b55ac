package dev.dunlin.connection.exchange;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.TextType;

/**
 * An ask's turn in one of the queues of those that wait, which all lie in one table: the oldest of a queue is the first entry from the
 * queue's beginning on.
 *
 * @param queue what it waits for
 * @param ask its number
 */
public record Turn(String queue, long ask) implements Comparable<Turn> {

    /** For a dial. */
    static final String DIAL = "dial";

    /** For a stream. */
    static final String STREAM = "stream";

    /** As text: the queue, {@code #}, the number. */
    static final TextType<Turn> TEXT = new TextType<>(Turn.class, "Turn", Turn::toString, Turn::parse);

    /** For a place of a protocol, its peer having one. */
    static String ofProtocol(String protocol) {
        return "protocol " + protocol;
    }

    /** For a place of a protocol with a peer. */
    static String ofPeer(PeerId peer, String protocol) {
        return "peer " + peer + " " + protocol;
    }

    /** The place before all turns of a queue. */
    static Turn beginning(String queue) {
        return new Turn(queue, Long.MIN_VALUE);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Turn parse(String text) {
        int hash = text.lastIndexOf('#');
        try {
            Turn turn = new Turn(text.substring(0, hash), Long.parseLong(text, hash + 1, text.length(), 10));
            if (turn.toString().equals(text)) {
                return turn;
            }
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("a turn is QUEUE#NUMBER, not '" + text + "'", e);
        }
        throw new IllegalArgumentException("a turn is QUEUE#NUMBER, not '" + text + "'");
    }

    @Override
    public int compareTo(Turn other) {
        int order = queue.compareTo(other.queue);
        return order != 0 ? order : Long.compare(ask, other.ask);
    }

    @Override
    public String toString() {
        return queue + "#" + ask;
    }
}
