package dev.dunlin.core.runtime;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What each source of new work has in the queue. A source may have a part of the room that is left, so that many share it and a
 * single one never fills it. Safe from any thread; a source of which nothing is queued is forgotten.
 */
final class Shares {

    /** A source may always have so many, while there is room at all. */
    static final int LEAST = 64;

    /** Of the room that is left, a source may have one part in so many. */
    static final int PARTS = 64;

    private static final int GONE = -1;

    private final ConcurrentHashMap<Object, Share> all = new ConcurrentHashMap<>();

    /** How many inputs of one source are queued. */
    static final class Share {
        private final Object source;
        private final AtomicInteger queued = new AtomicInteger();

        private Share(Object source) {
            this.source = source;
        }
    }

    /** The most that one source may have queued when there is so much room. */
    static int limit(long room) {
        return (int) Math.max(LEAST, room / PARTS);
    }

    /** One more of a source; null if it has its share. */
    @Nullable
    Share take(Object source, long room) {
        int limit = limit(room);
        while (true) {
            Share share = all.computeIfAbsent(source, Share::new);
            int queued = share.queued.get();
            if (queued >= limit) {
                return null;
            }
            if (queued != GONE && share.queued.compareAndSet(queued, queued + 1)) {
                return share;
            }
            if (queued == GONE) {
                all.remove(source, share);
            }
        }
    }

    /** One less. */
    void release(Share share) {
        if (share.queued.decrementAndGet() == 0 && share.queued.compareAndSet(0, GONE)) {
            all.remove(share.source, share);
        }
    }

    /** How many sources have something queued. */
    int sources() {
        return all.size();
    }
}
