package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.util.concurrent.atomic.AtomicInteger;
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
     * @param key the API request that it is, or empty
     */
    record Item(Action action, ActionId answers, Kind kind, String key) {}

    private final MpscUnboundedArrayQueue<Item> queue = new MpscUnboundedArrayQueue<>(1024);
    private final int capacity;
    private final AtomicInteger load = new AtomicInteger();
    private volatile @Nullable Thread consumer;
    private volatile boolean sleeping;
    private volatile int highest;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    /** Takes new work if there is a place for it. */
    boolean offer(Item item) {
        int now = load.incrementAndGet();
        if (now > capacity) {
            load.decrementAndGet();
            return false;
        }
        if (now > highest) {
            highest = now;
        }
        put(item);
        return true;
    }

    /** Takes what has a place already. */
    void put(Item item) {
        queue.offer(item);
        wake();
    }

    /** Holds a place, for a request in flight or an open handle. */
    void hold() {
        load.incrementAndGet();
    }

    /** Gives a place back. */
    void release() {
        load.decrementAndGet();
    }

    /** As many more places are held for the ends of handles; fewer, if negative. */
    void holdMore(int handles) {
        load.addAndGet(handles);
    }

    /** The next input. */
    @Nullable
    Item poll() {
        Item item = queue.relaxedPoll();
        return item != null || queue.isEmpty() ? item : queue.poll();
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
        return load.get();
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
