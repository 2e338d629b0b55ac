package dev.dunlin.core.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, by time, and at one time in the order in which it was added. A heap of four children a node whose times
 * stand in arrays of their own: comparing touches no object. Not thread-safe. It has no bound of its own: what is on its way
 * is bounded by what the nodes may have open.
 */
public final class EventQueue {

    private static final int CHILDREN = 4;

    private long[] times = new long[1 << 10];
    private long[] orders = new long[1 << 10];
    private @Nullable Runnable[] events = new Runnable[1 << 10];
    private int size;
    private long added;

    /** Nothing is to happen. */
    public EventQueue() {}

    /** Whether nothing is to happen. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** The time of what comes next; the queue is not empty. */
    public long time() {
        return times[0];
    }

    /** Adds what is to happen at a time. */
    public void add(long time, Runnable event) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            orders = Arrays.copyOf(orders, size * 2);
            events = Arrays.copyOf(events, size * 2);
        }
        long order = added++;
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) / CHILDREN;
            if (isBefore(times[parent], orders[parent], time, order)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, time, order, event);
    }

    /** Takes what comes next; the queue is not empty. */
    public Runnable remove() {
        Runnable first = events[0];
        if (size == 0 || first == null) {
            throw new IllegalStateException("nothing is to happen");
        }
        size--;
        long time = times[size];
        long order = orders[size];
        Runnable last = events[size];
        events[size] = null;
        if (size > 0) {
            sink(time, order, last);
        }
        return first;
    }

    private void sink(long time, long order, @Nullable Runnable event) {
        int at = 0;
        while (true) {
            int least = at * CHILDREN + 1;
            if (least >= size) {
                break;
            }
            int end = Math.min(least + CHILDREN, size);
            for (int child = least + 1; child < end; child++) {
                if (isBefore(times[child], orders[child], times[least], orders[least])) {
                    least = child;
                }
            }
            if (isBefore(time, order, times[least], orders[least])) {
                break;
            }
            move(least, at);
            at = least;
        }
        put(at, time, order, event);
    }

    private static boolean isBefore(long time, long order, long otherTime, long otherOrder) {
        return time != otherTime ? time < otherTime : order < otherOrder;
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], events[from]);
    }

    private void put(int at, long time, long order, @Nullable Runnable event) {
        times[at] = time;
        orders[at] = order;
        events[at] = event;
    }
}
