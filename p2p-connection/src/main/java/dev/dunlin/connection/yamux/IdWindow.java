package dev.dunlin.connection.yamux;

/**
 * Which ids of one parity were used, in constant space and work: an anti-replay window over a ring of words (RFC 6479).
 * Peers whose threads open streams at once send ids out of order (go-yamux takes the id before it sends the SYN), so
 * "above the highest" would be too strict. Ids far below the highest count as used.
 */
final class IdWindow {

    private static final int WORDS = 16;

    /** How far, in ids of the parity, an id may come behind the highest; one word less than the ring, see RFC 6479. */
    static final int REACH = (WORDS - 1) * Long.SIZE;

    private final long[] used = new long[WORDS];
    private int highest = -1;

    /** Marks an id; false if it was used before or is too old to tell. */
    boolean use(int id) {
        int number = id >>> 1;
        if (number > highest) {
            forget(number);
            highest = number;
        } else if (highest - number >= REACH) {
            return false;
        }
        int word = number / Long.SIZE % WORDS;
        long bit = 1L << number;
        boolean fresh = (used[word] & bit) == 0;
        used[word] |= bit;
        return fresh;
    }

    private void forget(int upTo) {
        int to = upTo / Long.SIZE;
        for (int word = Math.max(highest / Long.SIZE, to - WORDS) + 1; word <= to; word++) {
            used[word % WORDS] = 0;
        }
    }
}
