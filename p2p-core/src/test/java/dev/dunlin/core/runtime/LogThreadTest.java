package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often the log's thread wants the state for a snapshot. */
@Timeout(60)
final class LogThreadTest {

    private static final long AT = 1_700_000_000_000_000L;

    private final SimDisk disk = new SimDisk();
    private final Store<Lamps.Root> store = Lamps.store();

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it does not come").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static LogOptions snapshotEach(long bytes) {
        return new LogOptions(1 << 20, 1L << 32, 1L << 60, bytes, Long.MAX_VALUE / 4, 1);
    }

    /** Holds the log's thread whenever it has forced, until it is let go. */
    private static final class Held implements LogThread.Listener {
        private volatile CountDownLatch held = new CountDownLatch(0);
        private volatile CountDownLatch reached = new CountDownLatch(0);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        void hold() {
            held = new CountDownLatch(1);
            reached = new CountDownLatch(1);
        }

        @Override
        public void forced() {
            reached.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void failed(Throwable why) {
            failure.set(why);
        }
    }

    private void append(LogThread log, int turns) {
        for (int i = 0; i < turns; i++) {
            String lamp = "lamp" + store.state().input() % 20;
            log.append(store.apply(Input.of(new LampAction.SwitchOn(lamp, 5, Ticket.NONE)), AT));
        }
    }

    @Test
    void aSnapshotThatIsOnItsWayIsNotWantedAgain() throws Exception {
        LogOptions options = snapshotEach(2_000);
        LogWriter writer = ActionLog.open(disk, store, options, "test").writer();
        Held listener = new Held();
        LogThread log = new LogThread(writer, store, options, listener);
        log.start();
        for (int round = 1; round <= 5; round++) {
            append(log, 30);
            await(log::wantsSnapshot);
            // While the log's thread is busy, more turns are handed over, and then the state.
            await(() -> log.queued() == 0);
            listener.hold();
            append(log, 1);
            log.wantForce(store.state().input());
            listener.reached.await();
            append(log, 3);
            log.snapshot(store.state());
            listener.held.countDown();
            int written = round;
            await(() -> log.snapshots() == written);
            assertThat(log.wantsSnapshot()).as("round " + round).isFalse();
        }
        log.stop();
        assertThat(listener.failure.get()).isNull();
        assertThat(log.snapshots()).isEqualTo(5);
        assertThat(LogReader.open(disk, Lamps.store()).snapshots()).containsExactly(34L, 68L, 102L, 136L, 170L);
    }

    @Test
    void aSnapshotIsWantedAgainWhenTheLogHasGrown() throws Exception {
        LogOptions options = snapshotEach(20_000);
        LogWriter writer = ActionLog.open(disk, store, options, "test").writer();
        Held listener = new Held();
        LogThread log = new LogThread(writer, store, options, listener);
        log.start();
        // In turns, whose lines are about as long as one another: how many bytes were written only the log's thread
        // knows.
        List<Integer> rounds = new ArrayList<>();
        for (int round = 1; round <= 5; round++) {
            int turns = 0;
            while (!log.wantsSnapshot()) {
                append(log, 1);
                turns++;
                await(() -> log.queued() == 0);
            }
            rounds.add(turns);
            log.snapshot(store.state());
            log.wantForce(store.state().input());
            int written = round;
            await(() -> log.snapshots() == written);
        }
        int most = Collections.max(rounds);
        assertThat(most).isBetween(20_000 / 2_000, 20_000 / 100);
        // The first has the log's header in it, too.
        assertThat(rounds.subList(1, 5)).allSatisfy(turns -> assertThat(turns).isBetween(most * 3 / 4, most));
        log.stop();
        assertThat(listener.failure.get()).isNull();
    }

    /** The node's own loop: however it and the log's thread interleave, there is one snapshot for what the log has grown. */
    @Test
    void aBusyNodeWritesOneSnapshotForWhatItsLogHasGrown() throws Exception {
        LogOptions options = snapshotEach(1 << 16);
        NodeRuntime<Lamps.Root> node = node(options);
        for (int i = 0; i < 12_000; i++) {
            LampAction action = new LampAction.SwitchOff("lamp" + i % 50);
            await(() -> node.offer(action) == Port.Offer.TAKEN);
        }
        await(() -> node.stats().queued() == 0);
        node.stop().get(30, TimeUnit.SECONDS);
        List<Long> after = LogReader.open(disk, Lamps.store()).snapshots();
        assertThat(after).hasSizeGreaterThan(3);
        // The first is the boot's, and the last the stop's.
        for (int i = 2; i + 1 < after.size(); i++) {
            assertThat(after.get(i) - after.get(i - 1))
                    .as("inputs between snapshots %s", after)
                    .isGreaterThan(100);
        }
    }

    private NodeRuntime<Lamps.Root> node(LogOptions options) throws IOException {
        NodeRuntime<Lamps.Root> node = NodeRuntime.of(store)
                .log(ActionLog.open(disk, store, options, "test").writer(), options)
                .handler(LampEffect.class, (id, effect) -> {})
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of("line", handle -> {})))
                .build();
        node.start("test", Table.empty(), 7);
        return node;
    }
}
