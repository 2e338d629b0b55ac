package dev.dunlin.core.sim;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.runtime.NodeClock;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.NodeTime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.Errands.Bank;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.sim.SameScript.Seen;
import dev.dunlin.core.sim.SameScript.Step;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A real runtime that goes through a script: its clock is set, its forces of the log are held until the script says so, and after
 * each step it is waited for until it has nothing more to do.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes each of them
final class ScriptedRuntime implements AutoCloseable {

    // As a simulated node's log has it.
    private static final LogOptions OPTIONS =
            new LogOptions(1L << 40, 1L << 50, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 1);

    private final List<Long> left = new ArrayList<>();
    private final List<Long> forces = new ArrayList<>();
    private final SimClock clock;
    private volatile long now;
    private Life life;

    /**
     * A runtime, not booted yet.
     *
     * @param drift what its clocks gain in a second
     */
    ScriptedRuntime(int drift) {
        clock = new SimClock(0, drift);
        life = new Life(new SimDisk());
    }

    /** The inputs that it came back with after its crashes. */
    List<Long> left() {
        return left;
    }

    /** The inputs up to which the log was forced, at each force. */
    List<Long> forces() {
        return forces;
    }

    /** What is seen when it boots first, and then at each step. */
    List<Seen> through(List<Step> script) {
        List<Seen> seen = new ArrayList<>();
        life.boot();
        seen.add(life.taken());
        life.forceBoot();
        seen.add(life.taken());
        for (Step step : script) {
            go(step);
            seen.add(life.taken());
        }
        return seen;
    }

    private void go(Step step) {
        switch (step) {
            case Step.Offer(Action action) -> life.offer(action);
            case Step.Answer(int which, int effects) -> life.answer(which, effects);
            case Step.Force() -> life.force();
            case Step.End(int which) -> life.end(which);
            case Step.ClockStep(long by) -> life.step(by);
            case Step.Advance(long micros) -> {
                life.advance(micros);
                if (SameScript.isForgotten(micros)) {
                    life.asked.clear();
                }
            }
            case Step.Busy(Action first, long micros, List<Action> others) -> life.busy(first, micros, others);
            case Step.Kill(long down) -> crash(life.killed(), down);
            case Step.PowerLoss(long down, long seed) -> crash(life.powerless(seed), down);
        }
        life.settle();
    }

    private void crash(SimDisk disk, long down) {
        life.close();
        life = new Life(disk);
        left.add(life.store.state().input());
        life.turns.add(SameScript.cameBack(life.store.state()));
        now += down;
        life.boot();
        life.forceBoot();
    }

    @Override
    public void close() {
        life.close();
    }

    /** Holds the log's thread at each of its forces until it is let through. */
    private static final class Gate {
        private static final long NONE = 0;

        private boolean open;
        private long forces;
        private long passes;

        synchronized void force() {
            forces++;
            try {
                while (!open && passes < forces) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            passes = forces;
        }

        /** The number of the force that is held. */
        synchronized long held() {
            return passes < forces ? forces : NONE;
        }

        synchronized void letPass(long force) {
            passes = Math.max(passes, force);
            notifyAll();
        }

        synchronized void open() {
            open = true;
            notifyAll();
        }
    }

    /** One process. */
    private final class Life implements NodeClock, AutoCloseable {
        final SimDisk disk;
        final Store<Errands.Root> store = Errands.store();
        final NodeRuntime<Errands.Root> node;
        final Gate gate = new Gate();
        NodeTime time = new NodeTime(0, 0, 0);
        private long booted;
        private long check = Long.MAX_VALUE;

        // Written by the store's thread, read when it has nothing to do.
        final List<String> turns = new ArrayList<>();
        final List<String> carriedOut = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final List<Turn.Emitted> asked = new ArrayList<>();
        final List<Long> durable = new ArrayList<>();
        long boots;
        long forced;

        // Of the store's thread: how often it came round, and how often with nothing done meanwhile.
        private long done;
        private long doneBefore = -1;
        private volatile long idle;
        private volatile @Nullable Thread thread;
        private volatile @Nullable Action holdsAt;
        private volatile CountDownLatch reached = new CountDownLatch(1);
        private volatile CountDownLatch release = new CountDownLatch(1);
        private volatile boolean over;

        Life(SimDisk disk) {
            this.disk = disk;
            try {
                ActionLog.Opened opened = ActionLog.open(disk, store, OPTIONS, "sim");
                disk.beforeForce(() -> {
                    if (Thread.currentThread().getName().equals("dunlin-log")) {
                        gate.force();
                    }
                });
                // The services in the order in which a simulated node has them.
                this.node = NodeRuntime.of(store)
                        .clock(this)
                        .budgets(Errands.BUDGETS)
                        .log(opened.writer(), OPTIONS)
                        .handler(NodeEffect.class, (id, effect) -> {})
                        .handler(Post.class, this::carriedOut)
                        .handler(Bank.class, this::carriedOut)
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            node.watch(this::turned);
        }

        // On the store's thread

        private void carriedOut(ActionId id, Effect effect) {
            if (over) {
                return;
            }
            carriedOut.add(SameScript.told(id, effect));
            if (effect instanceof Effect.Request) {
                asked.add(new Turn.Emitted(id, effect));
            }
        }

        private void turned(Turn turn) {
            if (over) {
                return;
            }
            done++;
            turns.add(SameScript.told(turn, node.state()));
            if (turn.durable()) {
                durable.add(turn.number());
            }
            if (turn.entry(0) == holdsAt) {
                holdsAt = null;
                reached.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public long wallMicros() {
            return clock.wall(now);
        }

        // The store's thread reads it each time it comes round, after it has looked into its queue.
        @Override
        public long monotonicNanos() {
            Thread reader = Thread.currentThread();
            if (reader == thread || reader.getName().equals("dunlin-store")) {
                thread = reader;
                if (done == doneBefore) {
                    idle++;
                }
                doneBefore = done;
            }
            return clock.monotonic(now) * 1000;
        }

        // On the test's thread

        void await(BooleanSupplier condition) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!condition.getAsBoolean()) {
                if (node.ended().isDone()) {
                    node.ended().join();
                }
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("it does not come");
                }
                Thread.yield();
            }
        }

        /** Waits until the store's thread has come round with nothing to do, having seen all that was before. */
        void quiet() {
            await(() -> thread != null);
            // Two rounds do not count: in the one that it was at when this began it may have looked into its queue
            // before,
            // and in the next it may have something in hand when it reads the clock.
            long from = idle;
            await(() -> {
                LockSupport.unpark(thread);
                return idle >= from + 3;
            });
        }

        /** Waits until the log's thread has written what it may, too: all, or all before the force that holds it. */
        void settle() {
            await(() -> {
                long pending = pending();
                long held = gate.held();
                long written = written();
                if (pending > 0
                        ? held != Gate.NONE && written >= pending
                        : held == Gate.NONE && written == node.state().input()) {
                    return true;
                }
                // No effect waits for it: the log's thread forces from time to time.
                gate.letPass(held);
                return false;
            });
        }

        // The last input in the last segment.
        private long written() {
            try {
                String segment = disk.names().stream()
                        .filter(name -> name.endsWith(".jsonl"))
                        .reduce((one, other) -> other)
                        .orElseThrow();
                long inputs = new String(disk.content(segment), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("{\"type\":\"@log"))
                        .count();
                return Long.parseLong(segment.replaceAll("\\D", "")) - 1 + inputs;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Seen taken() {
            Seen seen = new Seen(turns, carriedOut, refused);
            refused.clear();
            turns.clear();
            carriedOut.clear();
            return seen;
        }

        void boot() {
            booted = clock.monotonic(now);
            time = new NodeTime(store.state().now(), wallMicros(), booted);
            long run = store.state().node().run() + 1;
            boots = store.state().input() + 1;
            node.start("sim", Table.empty(), SimRandom.of(1, 0x626F6F74, 0, run).next());
            await(() -> node.state().node().run() == run);
            quiet();
        }

        /**
         * The first force is for the boot's snapshot; what it and the keeping of the house do with files is over then.
         */
        void forceBoot() {
            long boot = boots;
            await(() -> {
                long held = gate.held();
                if (node.forced() >= boot) {
                    return true;
                }
                gate.letPass(held);
                return false;
            });
            await(() -> node.stats().snapshots() == 1
                    && disk.names().stream().noneMatch(name -> name.endsWith(".part"))
                    && disk.names().stream()
                                    .filter(name -> name.endsWith(".jsonl"))
                                    .count()
                            == 1);
            isForced();
        }

        /** The force in flight is done, if one is. */
        void force() {
            long pending = pending();
            if (pending > 0) {
                gate.letPass(gate.held());
                await(() -> node.forced() >= pending);
            }
            isForced();
        }

        private void isForced() {
            forced = node.forced();
            forces.add(forced);
            quiet();
            settle();
        }

        // The first input with an effect that waits.
        private long pending() {
            return durable.stream().filter(input -> input > forced).findFirst().orElse(0L);
        }

        void offer(Action action) {
            offered(SameScript.ofRun(action, node.state()));
            quiet();
        }

        private boolean offered(Action action) {
            Port.Offer answer = node.offer(action);
            if (answer != Port.Offer.TAKEN) {
                refused.add(answer + " " + action);
            }
            return answer == Port.Offer.TAKEN;
        }

        void end(int which) {
            SameScript.handle(node.state(), which).ifPresent(handle -> {
                node.ended(new ErrandAction.Closed(handle));
                quiet();
            });
        }

        /** The wall clock is stepped, which is noticed when a second of the run is over. */
        void step(long by) {
            clock.step(by);
            long seconds = (clock.monotonic(now) - booted) / 1_000_000;
            check = Math.min(check, clock.world(booted + (seconds + 1) * 1_000_000));
        }

        void answer(int which, int effects) {
            if (!asked.isEmpty()) {
                Turn.Emitted request = asked.remove(which % asked.size());
                node.answer(request.id(), new ErrandAction.Answered(SameScript.errandOf(request.effect()), effects));
                quiet();
            }
        }

        /** Time passes as for a node that is awake at each moment when something is due. */
        void advance(long micros) {
            long end = now + micros;
            for (long due = due(); due <= end; due = due()) {
                now = Math.max(now, due);
                check = check <= now ? Long.MAX_VALUE : check;
                quiet();
            }
            // A running node has been awake at each whole second; the last is enough.
            long seconds = (clock.monotonic(end) - booted) / 1_000_000;
            long last = clock.world(booted + seconds * 1_000_000);
            if (last > now) {
                now = last;
                quiet();
            }
            now = end;
            quiet();
        }

        private long due() {
            long deadline = store.nextDeadline(node.state());
            return Math.min(check, deadline == Long.MAX_VALUE ? deadline : clock.world(time.monotonic(deadline)));
        }

        void busy(Action from, long micros, List<Action> others) {
            reached = new CountDownLatch(1);
            Action first = SameScript.ofRun(from, node.state());
            release = new CountDownLatch(1);
            holdsAt = first;
            if (!offered(first)) {
                holdsAt = null;
                advance(micros);
                return;
            }
            await(() -> reached.getCount() == 0);
            others.forEach(other -> offered(SameScript.ofRun(other, node.state())));
            now += micros;
            check = check <= now ? Long.MAX_VALUE : check;
            release.countDown();
            quiet();
        }

        // What the disk has when the process has ended. Those who still write have it not: they write to another.
        SimDisk killed() {
            settle();
            return disk.copy();
        }

        SimDisk powerless(long seed) {
            settle();
            disk.powerLoss(new Random(seed));
            return disk.copy();
        }

        @Override
        public void close() {
            over = true;
            release.countDown();
            gate.open();
            node.stop().handle((ended, failed) -> true).join();
        }
    }
}
