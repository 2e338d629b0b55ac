package dev.dunlin.connection.account;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that the sources of a node, its connections, make it hold, and holds them below one bound for all
 * together and another for each, so that no source takes all. It allocates nothing: whoever holds bytes reserves them first,
 * and releases them when they are gone.
 *
 * <p>There are two ways to reserve. What can only be had or refused takes from the whole, {@link Share#reserve}. What can
 * wait or do with less, such as a larger window or a fuller write buffer, leaves a quarter free for the first kind, {@link
 * Share#reserveSpare}.
 *
 * <p>Thread-safe and without locks.
 */
public final class ByteAccount {

    /** The part of every bound that only {@link Share#reserve} gets. */
    private static final int KEPT_PART = 4;

    private final long total;
    private final long perSource;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /**
     * An account in which nothing is reserved.
     *
     * @param total bytes for all sources together, at least 1
     * @param perSource bytes for each of them, at least 1; what is above the total has no effect
     * @throws IllegalArgumentException if a bound is below 1
     */
    public ByteAccount(long total, long perSource) {
        if (total < 1 || perSource < 1) {
            throw new IllegalArgumentException(
                    "the bounds of an account are " + total + " and " + perSource + " bytes; set both to 1 or more");
        }
        this.total = total;
        this.perSource = perSource;
    }

    /** The share of a new source. Once all it reserved is released there is nothing to close. */
    public Share share() {
        return new Share();
    }

    /** The bound for all sources together, in bytes. */
    public long total() {
        return total;
    }

    /** The bound for each source, in bytes. */
    public long perSource() {
        return perSource;
    }

    /** Bytes that are reserved now, at most {@link #total}. */
    public long used() {
        return used.get();
    }

    /** The most bytes that were reserved at once. */
    public long peak() {
        return peak.get();
    }

    /** How many reservations were granted in part or not at all. */
    public long refused() {
        return refused.get();
    }

    private static long withoutKept(long bound) {
        return bound - bound / KEPT_PART;
    }

    private static long granted(long used, long wanted, long bound) {
        return Math.min(wanted, Math.max(0, bound - used));
    }

    /** What one source has reserved. */
    public final class Share {

        private final AtomicLong own = new AtomicLong();

        private Share() {}

        /**
         * Reserves bytes, or as many as there are.
         *
         * @param wanted at least 0
         * @return how many were granted, 0 to {@code wanted}
         * @throws IllegalArgumentException if the number is negative
         */
        public long reserve(long wanted) {
            return reserve(wanted, perSource, total);
        }

        /**
         * Reserves bytes that can be done without, or as many as there are beyond the quarter, of this share's bound and of
         * the account's, that is kept for {@link #reserve}.
         *
         * @param wanted at least 0
         * @return how many were granted, 0 to {@code wanted}
         * @throws IllegalArgumentException if the number is negative
         */
        public long reserveSpare(long wanted) {
            return reserve(wanted, withoutKept(perSource), withoutKept(total));
        }

        private long reserve(long wanted, long ofSource, long ofAll) {
            if (wanted < 0) {
                throw new IllegalArgumentException("reserved bytes are " + wanted + ", which is below 0");
            }
            long before = own.getAndUpdate(had -> had + granted(had, wanted, ofSource));
            long mine = granted(before, wanted, ofSource);
            long all = used.getAndUpdate(had -> had + granted(had, mine, ofAll));
            long granted = granted(all, mine, ofAll);
            own.addAndGet(granted - mine);
            peak.accumulateAndGet(all + granted, Math::max);
            if (granted < wanted) {
                refused.incrementAndGet();
            }
            return granted;
        }

        /** How many bytes {@link #reserveSpare} would grant now, if nobody else came first. */
        public long spare() {
            long ofSource = withoutKept(perSource) - own.get();
            long ofAll = withoutKept(total) - ByteAccount.this.used.get();
            return Math.max(0, Math.min(ofSource, ofAll));
        }

        /**
         * Gives reserved bytes back.
         *
         * @throws IllegalArgumentException if they are fewer than 0, or more than are reserved
         */
        public void release(long bytes) {
            long left = bytes < 0 ? -1 : own.addAndGet(-bytes);
            if (left < 0) {
                own.addAndGet(Math.max(0, bytes));
                throw new IllegalArgumentException(
                        "released bytes are " + bytes + ", of " + own + " that are reserved");
            }
            ByteAccount.this.used.addAndGet(-bytes);
        }

        /** Bytes that this source has reserved now, at most {@link ByteAccount#perSource}. */
        public long used() {
            return own.get();
        }
    }
}
