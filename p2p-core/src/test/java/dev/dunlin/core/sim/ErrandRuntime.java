package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.NodeClock;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.sim.Errands.Bank;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.NodeEffect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A runtime of errands without a log, whose clock a test sets and whose effects it carries out. */
final class ErrandRuntime implements NodeClock, AutoCloseable {

    final List<String> turns = Collections.synchronizedList(new ArrayList<>());
    final NodeRuntime<Errands.Root> node;
    volatile BiConsumer<ActionId, Effect> handler = (id, effect) -> {};
    private volatile long now;
    private volatile long step;
    private volatile long rounds;
    private volatile @Nullable Thread thread;

    /** A node that has booted. */
    ErrandRuntime() {
        node = NodeRuntime.of(Errands.store())
                .clock(this)
                .budgets(Errands.BUDGETS)
                .handler(NodeEffect.class, (id, effect) -> {})
                .handler(Post.class, (id, effect) -> handler.accept(id, effect))
                .handler(Bank.class, (id, effect) -> handler.accept(id, effect))
                .build();
        node.watch(turn -> turns.add(ErrandSim.told(turn)));
        node.start("sim", Table.empty(), SimRandom.of(1, 0x626F6F74, 0, 1).next());
        await(() -> node.state().input() > 0);
        quiet();
        turns.clear();
    }

    @Override
    public long wallMicros() {
        return World.BEGINNING + now + step;
    }

    // The store's thread reads it each time it comes round.
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread counts
    public long monotonicNanos() {
        if (Thread.currentThread().getName().equals("dunlin-store")) {
            thread = Thread.currentThread();
            rounds++;
        }
        return now * 1000;
    }

    /** The time is so, and all that comes of it has happened. */
    void at(long micros) {
        now = micros;
        quiet();
    }

    void step(long by) {
        step = by;
    }

    void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not come: " + turns);
            }
            Thread.yield();
        }
    }

    /** Waits until its thread has come round some times. */
    void quiet() {
        await(() -> thread != null);
        long from = rounds;
        await(() -> {
            LockSupport.unpark(thread);
            return rounds >= from + 6;
        });
    }

    @Override
    public void close() {
        node.stop().join();
    }
}
