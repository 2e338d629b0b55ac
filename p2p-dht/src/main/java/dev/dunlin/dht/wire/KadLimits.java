package dev.dunlin.dht.wire;

/**
 * How many entries of an answer's lists are read; those behind are skipped and counted.
 *
 * @param closer peers near a key, 1 to 1,024
 * @param providers providers of content, 1 to 4,096
 */
public record KadLimits(int closer, int providers) {

    /** Twice the bucket size of 20, as go takes, and 1,024 providers. */
    public static final KadLimits DEFAULT = new KadLimits(40, 1024);

    private static final int MOST_CLOSER = 1024;
    private static final int MOST_PROVIDERS = 4096;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is out of its range
     */
    public KadLimits {
        if (closer < 1 || closer > MOST_CLOSER || providers < 1 || providers > MOST_PROVIDERS) {
            throw new IllegalArgumentException("of an answer 1 to " + MOST_CLOSER + " closer peers and 1 to "
                    + MOST_PROVIDERS + " providers are read, not " + closer + " and " + providers);
        }
    }
}
