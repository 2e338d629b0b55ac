package dev.dunlin.dht.publish;

import dev.dunlin.core.state.TextType;
import dev.dunlin.dht.key.Key;
import java.util.Comparator;

/**
 * When a key is to be published, earlier ones first.
 *
 * @param at microseconds of the node's time
 */
record Turn(long at, Key key) implements Comparable<Turn> {

    /** As text: the time, an at sign, and the key. */
    static final TextType<Turn> TEXT = new TextType<>(Turn.class, "Turn", Turn::toString, Turn::parse);

    private static final Comparator<Turn> ORDER =
            Comparator.comparingLong(Turn::at).thenComparing(Turn::key);

    private static final char SIGN = '@';

    private static Turn parse(String text) {
        int sign = text.indexOf(SIGN);
        if (sign > 0) {
            Turn turn = new Turn(Long.parseLong(text, 0, sign, 10), Key.parse(text.substring(sign + 1)));
            if (turn.toString().equals(text)) {
                return turn;
            }
        }
        throw new IllegalArgumentException("a turn is TIME@KEY, not '" + text + "'");
    }

    @Override
    public int compareTo(Turn other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return at + "@" + key;
    }
}
