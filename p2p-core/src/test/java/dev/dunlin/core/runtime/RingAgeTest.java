package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How old a segment is goes by the node's own time, which stands still while no node runs. */
@Timeout(60)
final class RingAgeTest {

    private static final long DAY = 24L * 3600 * 1_000_000;
    private static final LogOptions TWO_WEEKS = new LogOptions(8 << 10, 1 << 30, 14 * DAY, 1 << 20, DAY, 1);

    private final SimDisk disk = new SimDisk();
    private final AtomicLong wall = new AtomicLong();
    private final AtomicLong monotonic = new AtomicLong(5);

    private final NodeClock clock = new NodeClock() {
        @Override
        public long wallMicros() {
            return wall.get();
        }

        @Override
        public long monotonicNanos() {
            return monotonic.get();
        }
    };

    private NodeRuntime<Lamps.Root> started() throws IOException {
        Store<Lamps.Root> store = Lamps.store();
        NodeRuntime<Lamps.Root> node = NodeRuntime.of(store)
                .clock(clock)
                .handler(LampEffect.class, (id, effect) -> {})
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of("line", handle -> {})))
                .log(ActionLog.open(disk, store, TWO_WEEKS, "test").writer(), TWO_WEEKS)
                .build();
        node.start("test", Table.empty(), 7);
        return node;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it does not come").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private List<String> segments() {
        return disk.names().stream().filter(name -> name.startsWith("log-")).toList();
    }

    private Replayer.Verified verified() {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
    }

    @Test
    void aRestartTwoWeeksAfterACrashDropsNothingOfIt() throws Exception {
        Recorder crashed = Recorder.open(disk, Lamps.store(), TWO_WEEKS, 1).run(500);
        crashed.writer.flush();
        disk.kill();
        int before = segments().size();
        assertThat(before).isGreaterThan(5);
        long last = crashed.store.state().now();
        wall.set(last + 15 * DAY);

        NodeRuntime<Lamps.Root> node = started();
        await(() -> node.stats().snapshots() == 1);
        assertThat(node.state().now()).as("time goes on where it ended").isEqualTo(last);
        assertThat(node.state().node().bootedAt()).isEqualTo(wall.get());
        assertThat(node.state().node().wallOffset()).isEqualTo(15 * DAY);
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(segments()).hasSize(before + 1).first().isEqualTo("log-000000000000001.jsonl.zst");
        assertThat(verified().first()).isEqualTo(1);
        assertThat(verified().divergence()).isEmpty();
    }

    @Test
    void afterTwoWeeksOfTheNodesOwnTimeTheyGo() throws Exception {
        Recorder crashed = Recorder.open(disk, Lamps.store(), TWO_WEEKS, 1).run(500);
        crashed.writer.close();
        List<String> old = segments();
        wall.set(crashed.store.state().now());
        NodeRuntime<Lamps.Root> node = started();
        await(() -> node.stats().snapshots() == 1);
        wall.addAndGet(15 * DAY);
        monotonic.addAndGet(15 * DAY * 1000);
        // The log's thread sees the time of an input; the state after one that comes later is taken.
        await(() -> {
            long inputs = node.stats().inputs();
            await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.TAKEN);
            await(() -> node.stats().inputs() > inputs && node.stats().logQueued() == 0);
            return node.stats().snapshots() == 2;
        });
        node.stop().get(30, TimeUnit.SECONDS);
        // Not how many there are: the segment of the start may be full, or not, before the second snapshot is taken.
        assertThat(segments()).isNotEmpty().doesNotContainAnyElementsOf(old);
        assertThat(verified().first()).isGreaterThan(500);
    }
}
