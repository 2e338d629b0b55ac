package dev.dunlin.core.runtime;

import dev.dunlin.core.runtime.Shares.Share;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.OfPeer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The store's queue: first in first out, and a lane beside it for control. New work is bounded and admitted by fair shares of its
 * sources; answers and ends have room always, for requests and handles are bounded themselves. The runtime has many producers and
 * one consumer for it, the simulator one thread.
 */
public final class Inbox {

    /** What a queued input is. */
    public enum Kind {
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
     * @param answers the request that it answers; {@link ActionId#NONE} for all but answers
     * @param share what it takes of its source's share; null for all but new work of a source
     */
    public record Item(
            Action action,
            ActionId answers,
            Kind kind,
            @Nullable Share share) {}

    // So many of control in a row while others wait, before one of them is taken.
    private static final int CONTROL_RUN = 16;

    private final Queue<Item> queue;
    private final Queue<Item> lane;
    private final Budgets budgets;
    private final Runnable arrived;
    private final Shares shares = new Shares();

    // How much new work was taken that the consumer has not got yet, and the sign once it is closed: one word, so that
    // nothing can be taken between the closing and the count of what is still to come. It counts what is there, so it
    // never wraps.
    private final AtomicLong work = new AtomicLong();
    private final AtomicInteger control = new AtomicInteger();
    private final AtomicInteger bringing = new AtomicInteger();
    private int inRow;
    private volatile long highest;

    private Inbox(Queue<Item> queue, Queue<Item> lane, Budgets budgets, Runnable arrived) {
        this.queue = queue;
        this.lane = lane;
        this.budgets = budgets;
        this.arrived = arrived;
    }

    /**
     * An inbox for any number of producers on threads of their own, and one consumer.
     *
     * @param arrived is run, on the producer's thread, after each input that was queued
     */
    static Inbox ofThreads(Budgets budgets, Runnable arrived) {
        return new Inbox(new MpscUnboundedArrayQueue<>(1024), new MpscUnboundedArrayQueue<>(64), budgets, arrived);
    }

    /**
     * An inbox that one thread fills and empties: a simulated node's.
     *
     * @param arrived is run after each input that was queued
     */
    public static Inbox ofOneThread(Budgets budgets, Runnable arrived) {
        return new Inbox(new ArrayDeque<>(2), new ArrayDeque<>(0), budgets, arrived);
    }

    /**
     * Takes new work if there is room for it.
     *
     * @param fairly whether it counts for the share of the peer that it is about
     * @param handles how many handles are open
     */
    Port.Offer offer(Action fact, boolean fairly, int handles) {
        boolean brings = fact instanceof Action.BringsHandle;
        if (brings && bringing.incrementAndGet() + handles > budgets.handles()) {
            bringing.decrementAndGet();
            return Port.Offer.HANDLES_FULL;
        }
        if (fact instanceof Action.Control) {
            return offerControl(fact, brings);
        }
        long before = work.getAndIncrement();
        if (before < 0 || before >= budgets.queued()) {
            refuse(brings);
            return before < 0 ? Port.Offer.STOPPING : Port.Offer.FULL;
        }
        Share share = null;
        if (fairly && fact instanceof OfPeer about) {
            share = shares.take(about.peer(), budgets.queued() - before);
            if (share == null) {
                refuse(brings);
                return Port.Offer.PEER_FULL;
            }
        }
        if (before >= highest) {
            highest = before + 1;
        }
        put(new Item(fact, ActionId.NONE, Kind.WORK, share));
        return Port.Offer.TAKEN;
    }

    private void refuse(boolean brings) {
        boolean closed = work.decrementAndGet() < 0;
        if (brings) {
            bringing.decrementAndGet();
        }
        if (closed) {
            // Who ends waited for this one.
            arrived.run();
        }
    }

    private Port.Offer offerControl(Action fact, boolean brings) {
        if (control.incrementAndGet() > budgets.control() || work.get() < 0) {
            control.decrementAndGet();
            if (brings) {
                bringing.decrementAndGet();
            }
            if (work.get() >= 0) {
                return Port.Offer.FULL;
            }
            // Who ends waited for this one.
            arrived.run();
            return Port.Offer.STOPPING;
        }
        lane.offer(new Item(fact, ActionId.NONE, Kind.CONTROL, null));
        arrived.run();
        return Port.Offer.TAKEN;
    }

    /** Takes no new work from now on. */
    void close() {
        work.getAndUpdate(before -> before | Long.MIN_VALUE);
    }

    /** Whether new work was taken that the consumer has not got yet. By the consumer alone. */
    boolean owesWork() {
        return (work.get() & Long.MAX_VALUE) != 0 || control.get() != 0;
    }

    /** Takes what has room always: the answer to a request. */
    public void answer(ActionId request, Action fact) {
        put(new Item(fact, request, Kind.ANSWER, null));
    }

    /** Takes what has room always: the end of a handle. */
    public void end(Action fact) {
        put(new Item(fact, ActionId.NONE, Kind.END, null));
    }

    private void put(Item item) {
        queue.offer(item);
        arrived.run();
    }

    /** The next input; null if none waits. By the consumer alone. */
    public @Nullable Item poll() {
        Item urgent = inRow < CONTROL_RUN ? lane.poll() : null;
        Item item = urgent != null ? urgent : queue.poll();
        if (item == null) {
            item = lane.poll();
        }
        inRow = urgent == null || queue.isEmpty() ? 0 : inRow + 1;
        if (item != null) {
            release(item);
        }
        return item;
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

    /** Whether nothing waits. By the consumer alone. */
    public boolean isEmpty() {
        return queue.isEmpty() && lane.isEmpty();
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
