package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** Nodes of lamps, with threads and set clocks, that are stopped behind each test: for the tests of the runtime. */
abstract class RunningLamps {

    static final LogOptions OPTIONS = new LogOptions(1 << 20, 1 << 30, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
    static final Duration LONG = Duration.ofSeconds(30);

    /** Clocks that a test sets. */
    static final class SetClock implements NodeClock {
        final AtomicLong wall = new AtomicLong(1_700_000_000_000_000L);
        final AtomicLong monotonic = new AtomicLong(5);

        @Override
        public long wallMicros() {
            return wall.get();
        }

        @Override
        public long monotonicNanos() {
            return monotonic.get();
        }

        void run(long micros) {
            wall.addAndGet(micros);
            monotonic.addAndGet(micros * 1000);
        }
    }

    final SetClock clock = new SetClock();
    final SimDisk disk = new SimDisk();
    final BlockingQueue<Turn.Emitted> done = new LinkedBlockingQueue<>();
    final BlockingQueue<Handle> closed = new LinkedBlockingQueue<>();
    final List<Turn> turns = new CopyOnWriteArrayList<>();
    final List<CountDownLatch> latches = new ArrayList<>();
    final List<NodeRuntime<Lamps.Root>> running = new ArrayList<>();

    @AfterEach
    void end() {
        latches.forEach(CountDownLatch::countDown);
        running.forEach(node -> {
            try {
                node.stop().get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(NodeFailure.class);
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        });
    }

    CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        latches.add(latch);
        return latch;
    }

    NodeBuilder<Lamps.Root> builder(Store<Lamps.Root> store) {
        return NodeRuntime.of(store)
                .clock(clock)
                .handler(LampEffect.class, (id, effect) -> done.add(new Turn.Emitted(id, effect)))
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of("line", closed::add)));
    }

    NodeRuntime<Lamps.Root> started(NodeBuilder<Lamps.Root> builder) {
        NodeRuntime<Lamps.Root> node = builder.build();
        node.watch(turns::add);
        running.add(node);
        node.start("test", Table.empty(), 7);
        return node;
    }

    NodeRuntime<Lamps.Root> recorded() throws IOException {
        return recorded(OPTIONS, Budgets.DEFAULT.queued());
    }

    NodeRuntime<Lamps.Root> recorded(LogOptions options, int capacity) throws IOException {
        Store<Lamps.Root> store = Lamps.store();
        ActionLog.Opened opened = ActionLog.open(disk, store, options, "test");
        return started(builder(store).log(opened.writer(), options).capacity(capacity));
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it does not come");
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    /** Returns when all that was handed in before is done. */
    static void settle(NodeRuntime<Lamps.Root> node) {
        // Known by its identity: what the node did before may be done only now, too.
        LampAction.Nudge last = new LampAction.Nudge();
        CountDownLatch done = new CountDownLatch(1);
        Consumer<Turn> watcher = turn -> {
            if (turn.entry(0) == last) {
                done.countDown();
            }
        };
        node.watch(watcher);
        while (node.offer(last) != Port.Offer.TAKEN) {
            Thread.onSpinWait();
        }
        await(() -> done.getCount() == 0 && node.stats().queued() == 0);
        node.unwatch(watcher);
    }

    static LampAction on(String lamp, int brightness) {
        return new LampAction.SwitchOn(lamp, brightness, Ticket.NONE);
    }

    Turn.Emitted next() throws InterruptedException {
        Turn.Emitted next = done.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("an effect comes").isNotNull();
        return next;
    }

    Replayer.Verified verified() {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
    }

    /** Holds the store's thread at its next turn, until released. */
    CountDownLatch hold(NodeRuntime<Lamps.Root> node) {
        CountDownLatch release = latch();
        CountDownLatch held = new CountDownLatch(1);
        LampAction.Nudge holding = new LampAction.Nudge();
        node.watch(turn -> {
            if (turn.entry(0) == holding) {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        assertThat(node.offer(holding)).isEqualTo(Port.Offer.TAKEN);
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return release;
    }
}
