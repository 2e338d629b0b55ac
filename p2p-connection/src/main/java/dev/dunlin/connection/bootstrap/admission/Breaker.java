package dev.dunlin.connection.bootstrap.admission;

/**
 * Keeps a service that fails from being asked more: where half of the last answers are failures, for a while nobody asks; then some try, and if
 * all of them go well, all ask again. Plain state, and no library, for it is replayed with the node.
 *
 * @param answers the last ones, the newest in the lowest bit: 1 for a failure
 * @param count how many there are, at most {@link #WINDOW}
 * @param openUntil until when nobody asks, microseconds of the node's time; 0 if it is closed
 * @param trying how many of those that try have no answer yet
 * @param well how many of them went well
 */
public record Breaker(long answers, int count, long openUntil, int trying, int well) {

    /** So many answers are looked at. */
    public static final int WINDOW = 50;

    /** Fewer say nothing. */
    public static final int LEAST = 20;

    /** So many try. */
    public static final int TRIALS = 5;

    private static final long MASK = (1L << WINDOW) - 1;

    /** It is closed, and nothing was asked. */
    public static final Breaker CLOSED = new Breaker(0, 0, 0, 0, 0);

    /** Whether one more may be asked. */
    public boolean lets(long now) {
        return openUntil == 0 || now >= openUntil && trying + well < TRIALS;
    }

    /** Whether nobody may ask now. */
    public boolean isOpen(long now) {
        return openUntil > now;
    }

    /** With one more that is asked. */
    public Breaker asking() {
        return openUntil == 0 ? this : new Breaker(answers, count, openUntil, trying + 1, well);
    }

    /** With one that is asked no longer, and says nothing of the service. */
    public Breaker withdrawn() {
        return new Breaker(answers, count, openUntil, Math.max(0, trying - 1), well);
    }

    /**
     * With an answer.
     *
     * @param pause how long nobody asks after too many failures, microseconds
     */
    public Breaker answered(boolean isFailure, long pause, long now) {
        if (openUntil > 0) {
            if (trying == 0) {
                // Asked before it opened: it says nothing new.
                return this;
            }
            if (isFailure) {
                return opened(now, pause);
            }
            return well + 1 >= TRIALS ? CLOSED : new Breaker(0, 0, openUntil, trying - 1, well + 1);
        }
        long after = answers << 1 & MASK | (isFailure ? 1 : 0);
        int more = Math.min(WINDOW, count + 1);
        return more >= LEAST && 2 * Long.bitCount(after) >= more
                ? opened(now, pause)
                : new Breaker(after, more, 0, 0, 0);
    }

    private static Breaker opened(long now, long pause) {
        return new Breaker(0, 0, now + pause, 0, 0);
    }
}
