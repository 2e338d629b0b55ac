package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The store's queue: many producers, one consumer. Bounded by load, not by length: every request in flight and every open handle
 * holds a place for its answer or its end, so that only new work is ever refused.
 */
final class Inbox {

    /** Whose place a queued input has. */
    enum Kind {
        /** Its own, from its offer on. */
        WORK,
        /** The request's that it answers. */
        ANSWER,
        /** The handle's that it ends. */
        END
    }

    /**
     * A queued input.
     *
     * @param key the API request that it is; 0 if it is none
     */
    record Item(Action action, ActionId answers, Kind kind, long key) {}

    private static final long WORK_AND_PLACE = (1L << 32) + 1;

    private final MpscUnboundedArrayQueue<Item> queue = new MpscUnboundedArrayQueue<>(1024);
    private final int capacity;

    // Load in the lower half; in the upper how much new work was taken so far, modulo 2^31, and the sign once it is
    // closed.
    // One word, so that nothing can be taken between the closing and the count of what is still to come.
    private final AtomicLong word = new AtomicLong();
    private int worked;
    private volatile @Nullable Thread consumer;
    private volatile boolean sleeping;
    private volatile int highest;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    /** What became of an offer. */
    enum Taken {
        YES,
        FULL,
        CLOSED
    }

    /** Takes new work if there is a place for it. */
    Taken offer(Item item) {
        long now = word.addAndGet(WORK_AND_PLACE);
        if (now < 0 || (int) now > capacity) {
            word.addAndGet(-WORK_AND_PLACE);
            return now < 0 ? Taken.CLOSED : Taken.FULL;
        }
        if ((int) now > highest) {
            highest = (int) now;
        }
        put(item);
        return Taken.YES;
    }

    /** Takes no new work from now on. */
    void close() {
        word.getAndUpdate(before -> before | Long.MIN_VALUE);
    }

    /** Whether new work was taken that the consumer has not got yet. By the consumer alone. */
    boolean owesWork() {
        return ((int) (word.get() >>> 32) & Integer.MAX_VALUE) != worked;
    }

    /** Takes what has a place already. */
    void put(Item item) {
        queue.offer(item);
        wake();
    }

    /** Holds a place, for a request in flight or an open handle. */
    void hold() {
        word.incrementAndGet();
    }

    /** Gives a place back. */
    void release() {
        word.decrementAndGet();
    }

    /** As many more places are held for the ends of handles; fewer, if negative. */
    void holdMore(int handles) {
        word.addAndGet(handles);
    }

    /** The next input. */
    @Nullable
    Item poll() {
        Item item = queue.relaxedPoll();
        if (item == null && !queue.isEmpty()) {
            item = queue.poll();
        }
        if (item != null && item.kind() == Kind.WORK) {
            worked = (worked + 1) & Integer.MAX_VALUE;
        }
        return item;
    }

    /** Waits until something is queued, or somebody wakes, or the time is over. */
    void await(long nanos) {
        consumer = Thread.currentThread();
        sleeping = true;
        if (queue.isEmpty() && !wakened) {
            LockSupport.parkNanos(this, nanos);
        }
        wakened = false;
        sleeping = false;
    }

    private volatile boolean wakened;

    /** Wakes the consumer though nothing was queued. */
    void nudge() {
        wakened = true;
        wake();
    }

    private void wake() {
        if (sleeping) {
            LockSupport.unpark(consumer);
        }
    }

    /** Queued inputs, requests in flight and open handles together. */
    int load() {
        return (int) word.get();
    }

    /** The highest load that was seen when new work came. */
    int highest() {
        return highest;
    }

    /** How many inputs are queued. */
    int queued() {
        return queue.size();
    }
}
