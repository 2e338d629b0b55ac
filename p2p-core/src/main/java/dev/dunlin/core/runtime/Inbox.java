package dev.dunlin.core.runtime;

import dev.dunlin.core.runtime.Shares.Share;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.OfPeer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The store's queue: many producers, one consumer, first in first out, and a lane beside it for control. New work is bounded and
 * admitted by fair shares of its sources; answers and ends have room always, for requests and handles are bounded themselves.
 */
final class Inbox {

    /** What a queued input is. */
    enum Kind {
        /** New work. */
        WORK,
        /** New work that does not wait behind others. */
        CONTROL,
        /** The answer to a request. */
        ANSWER,
        /** The end of a handle. */
        END
    }

    /**
     * A queued input.
     *
     * @param share what it takes of its source's share; null for all but new work of a source
     */
    record Item(
            Action action,
            ActionId answers,
            Kind kind,
            @Nullable Share share) {}

    /** What became of an offer. */
    enum Taken {
        YES,
        /** The queue is full. */
        FULL,
        /** The source has its share of the queue. */
        SHARE,
        /** As many handles are open, or about to be, as may be. */
        HANDLES,
        CLOSED
    }

    // So many of control in a row, before one of the others is taken.
    private static final int CONTROL_RUN = 16;

    private final MpscUnboundedArrayQueue<Item> queue = new MpscUnboundedArrayQueue<>(1024);
    private final MpscUnboundedArrayQueue<Item> lane = new MpscUnboundedArrayQueue<>(64);
    private final Budgets budgets;
    private final Shares shares = new Shares();

    // How much new work was taken that the consumer has not got yet, and the sign once it is closed: one word, so that
    // nothing
    // can be taken between the closing and the count of what is still to come. It counts what is there, so it never
    // wraps.
    private final AtomicLong work = new AtomicLong();
    private final AtomicInteger control = new AtomicInteger();
    private final AtomicInteger bringing = new AtomicInteger();
    private int inRow;
    private volatile @Nullable Thread consumer;
    private volatile boolean sleeping;
    private volatile boolean wakened;
    private volatile long highest;

    Inbox(Budgets budgets) {
        this.budgets = budgets;
    }

    /**
     * Takes new work if there is room for it.
     *
     * @param fairly whether it counts for the share of the peer that it is about
     * @param handles how many handles are open
     */
    Taken offer(Action fact, boolean fairly, int handles) {
        boolean brings = fact instanceof Action.BringsHandle;
        if (brings && bringing.incrementAndGet() + handles > budgets.handles()) {
            bringing.decrementAndGet();
            return Taken.HANDLES;
        }
        if (fact instanceof Action.Control) {
            return offerControl(fact, brings);
        }
        long before = work.getAndIncrement();
        if (before < 0 || before >= budgets.queued()) {
            refuse(brings);
            return before < 0 ? Taken.CLOSED : Taken.FULL;
        }
        Share share = null;
        if (fairly && fact instanceof OfPeer about) {
            share = shares.take(about.peer(), budgets.queued() - before);
            if (share == null) {
                refuse(brings);
                return Taken.SHARE;
            }
        }
        if (before >= highest) {
            highest = before + 1;
        }
        put(new Item(fact, ActionId.NONE, Kind.WORK, share));
        return Taken.YES;
    }

    private void refuse(boolean brings) {
        work.decrementAndGet();
        if (brings) {
            bringing.decrementAndGet();
        }
    }

    private Taken offerControl(Action fact, boolean brings) {
        if (control.incrementAndGet() > budgets.control() || work.get() < 0) {
            control.decrementAndGet();
            if (brings) {
                bringing.decrementAndGet();
            }
            return work.get() < 0 ? Taken.CLOSED : Taken.FULL;
        }
        lane.offer(new Item(fact, ActionId.NONE, Kind.CONTROL, null));
        wake();
        return Taken.YES;
    }

    /** Takes no new work from now on. */
    void close() {
        work.getAndUpdate(before -> before | Long.MIN_VALUE);
    }

    /** Whether new work was taken that the consumer has not got yet. By the consumer alone. */
    boolean owesWork() {
        return (work.get() & Long.MAX_VALUE) != 0 || control.get() != 0;
    }

    /** Takes what has room always. */
    void put(Item item) {
        queue.offer(item);
        wake();
    }

    /** The next input. */
    @Nullable
    Item poll() {
        Item urgent = inRow < CONTROL_RUN ? polled(lane) : null;
        Item item = urgent != null ? urgent : polled(queue);
        if (item == null) {
            item = polled(lane);
        }
        inRow = urgent == null ? 0 : inRow + 1;
        if (item != null) {
            release(item);
        }
        return item;
    }

    private static @Nullable Item polled(MpscUnboundedArrayQueue<Item> from) {
        Item item = from.relaxedPoll();
        return item == null && !from.isEmpty() ? from.poll() : item;
    }

    private void release(Item item) {
        if (item.kind() == Kind.WORK) {
            work.decrementAndGet();
            Share share = item.share();
            if (share != null) {
                shares.release(share);
            }
        } else if (item.kind() == Kind.CONTROL) {
            control.decrementAndGet();
        } else {
            return;
        }
        if (item.action() instanceof Action.BringsHandle) {
            bringing.decrementAndGet();
        }
    }

    /** Waits until something is queued, or somebody wakes, or the time is over; an interrupt is no reason to spin. */
    void await(long nanos) {
        consumer = Thread.currentThread();
        sleeping = true;
        if (queue.isEmpty() && lane.isEmpty() && !wakened) {
            LockSupport.parkNanos(this, nanos);
            Thread.interrupted();
        }
        wakened = false;
        sleeping = false;
    }

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

    /** How much new work is queued. */
    int queued() {
        return (int) (work.get() & Long.MAX_VALUE);
    }

    /** How much control is queued. */
    int control() {
        return control.get();
    }

    /** How many peers have new work queued. */
    int sources() {
        return shares.sources();
    }

    /** The most new work that was seen queued. */
    long highest() {
        return highest;
    }
}
