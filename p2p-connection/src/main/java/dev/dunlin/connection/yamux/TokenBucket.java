package dev.dunlin.connection.yamux;

/** A rate limit: so many a second, and a burst on top. */
public final class TokenBucket {

    private static final long TOKEN = 1_000_000;

    private final long perSecond;
    private final long full;
    private long level;
    private long filledAt;

    /**
     * A full one.
     *
     * @param perSecond how many a second in the long run, at least 1
     * @param burst how many at once, at least 1
     * @param now microseconds of a clock that only runs forward
     */
    public TokenBucket(int perSecond, int burst, long now) {
        this.perSecond = perSecond;
        this.full = burst * TOKEN;
        this.level = full;
        this.filledAt = now;
    }

    /** Takes one; false if there is none. */
    public boolean take(long now) {
        long elapsed = now - filledAt;
        filledAt = now;
        // A token is a million parts, so micros times rate are parts; compared by division, which cannot overflow.
        level = elapsed > (full - level) / perSecond ? full : level + elapsed * perSecond;
        if (level < TOKEN) {
            return false;
        }
        level -= TOKEN;
        return true;
    }
}
