package dev.dunlin.node.bootstrap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Threads for calls of hooks, never more than so many: one that is stopped counts until it has ended, for nobody can end it but itself.
 * Thread-safe.
 */
final class HookThreads implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final String name;
    private final int most;
    private final Map<Long, List<Thread>> threads = new HashMap<>();
    private final Set<Thread> stopped = new HashSet<>();
    private int running;
    private boolean isClosed;

    HookThreads(String name, int most) {
        this.name = name;
        this.most = most;
    }

    /** Calls a hook on a thread of its own; false if there is none. */
    boolean run(long owner, Runnable call) {
        synchronized (threads) {
            if (isClosed || running >= most) {
                return false;
            }
            running++;
            // No virtual ones: as many as there are processors, that compute and never block, would stop all others.
            Thread thread =
                    Thread.ofPlatform().daemon().name(name + "-" + owner).unstarted(() -> call(owner, call));
            threads.computeIfAbsent(owner, any -> new ArrayList<>()).add(thread);
            thread.start();
            return true;
        }
    }

    private void call(long owner, Runnable call) {
        try {
            call.run();
        } finally {
            synchronized (threads) {
                running--;
                stopped.remove(Thread.currentThread());
                threads.computeIfPresent(owner, (any, all) -> {
                    all.remove(Thread.currentThread());
                    return all.isEmpty() ? null : all;
                });
            }
        }
    }

    /** What is called for an owner is not wanted any more. */
    void stop(long owner) {
        synchronized (threads) {
            List<Thread> own = threads.getOrDefault(owner, List.of());
            stopped.addAll(own);
            own.forEach(Thread::interrupt);
        }
    }

    /** Whether the calling thread is one whose call is not wanted any more. */
    boolean isStopped() {
        synchronized (threads) {
            return isClosed || stopped.contains(Thread.currentThread());
        }
    }

    boolean isClosed() {
        synchronized (threads) {
            return isClosed;
        }
    }

    /** How many have not ended. */
    int running() {
        synchronized (threads) {
            return running;
        }
    }

    /** All are stopped; returns when they have ended, or after some seconds. */
    @Override
    public void close() {
        List<Thread> all = new ArrayList<>();
        synchronized (threads) {
            isClosed = true;
            threads.values().forEach(all::addAll);
        }
        all.forEach(Thread::interrupt);
        long end = System.nanoTime() + CLOSING.toNanos();
        try {
            for (Thread thread : all) {
                long left = end - System.nanoTime();
                if (left > 0) {
                    thread.join(Duration.ofNanos(left));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
