package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A busy node at full speed with the audit on, its numbers started shortly before what an int and an unsigned int hold: half the
 * time each. Prints its figures each minute. Nothing stalls, nothing is broken, the log verifies.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class BusyHourBench {

    private static final LogOptions OPTIONS =
            new LogOptions(16 << 20, 256 << 20, Long.MAX_VALUE / 4, 64 << 20, 600_000_000, 1);
    private static final int LAMPS = 2_000;
    private static final long BEFORE = 100_000;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    Path folder = Path.of("");

    private static Action wish(long step) {
        String lamp = "lamp" + step * 0x9E3779B97F4A7C15L % LAMPS;
        return step % 3 == 0
                ? new LampAction.SwitchOff(lamp)
                : new LampAction.SwitchOn(lamp, (int) (step % 100), new Ticket("bench", step));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 32})
    void aBusyNodeAtFullSpeed(long end) throws Exception {
        long minutes = Integer.getInteger("dunlin.minutes", 60);
        Store<Lamps.Root> store = Lamps.store();
        List<Audit.Broken> broken = new CopyOnWriteArrayList<>();
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            FarLog.begin(storage, OPTIONS, end - BEFORE);
            ActionLog.Opened opened = ActionLog.open(storage, store, OPTIONS, "bench");
            AtomicReference<Port> port = new AtomicReference<>();
            NodeRuntime<Lamps.Root> node = NodeRuntime.of(store)
                    .log(opened.writer(), OPTIONS)
                    .handler(LampEffect.class, (id, effect) -> {
                        if (effect instanceof LampEffect.Measure(String lamp)) {
                            port.get().answer(id, new LampAction.Measured(lamp, id.input()));
                        }
                    })
                    .handler(NodeEffect.class, EffectHandlers.closing(Map.of("line", handle -> {})))
                    .build();
            port.set(node);
            Audit audit = Audit.of(store);
            node.watch(
                    turn -> audit.after(turn).filter(found -> broken.isEmpty()).ifPresent(broken::add));
            node.start("bench", Table.empty(), 1);
            offer(node, System.nanoTime() + TimeUnit.SECONDS.toNanos(minutes * 30));
            node.stop().get(5, TimeUnit.MINUTES);
            assertThat(broken).isEmpty();
            assertThat(node.stats().strayAnswers()).isZero();
            assertThat(node.stats().lostRequests()).isZero();
            assertThat(node.forced()).isEqualTo(node.state().input()).isGreaterThan(end);
        }
        Store<Lamps.Root> again = Lamps.store();
        Replayer.Verified verified = new Replayer<>(
                        LogReader.open(DirectoryStorage.readOnly(folder), again), again, false)
                .verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        print("from 2^%d: the ring's %,d inputs up to %,d verified", log2(end), verified.inputs(), verified.last());
    }

    private static void offer(NodeRuntime<Lamps.Root> node, long until) {
        long begun = System.nanoTime();
        long told = begun;
        long toldInputs = 0;
        long moved = begun;
        long seen = 0;
        long step = 0;
        while (System.nanoTime() < until) {
            if (node.offer(wish(step)) == Port.Offer.TAKEN) {
                step++;
            } else {
                LockSupport.parkNanos(200_000);
            }
            if (step % 1024 != 0) {
                continue;
            }
            RuntimeStats stats = node.stats();
            long now = System.nanoTime();
            if (stats.inputs() != seen) {
                seen = stats.inputs();
                moved = now;
            }
            assertThat(now - moved).as("it stalls: %s", stats).isLessThan(STALL_NANOS);
            if (now - told >= TimeUnit.MINUTES.toNanos(1)) {
                print(
                        "minute %d: %,.0f inputs/s, %,d inputs, %,d snapshots, %,d stalls for the log, %,d slow inputs",
                        (now - begun) / TimeUnit.MINUTES.toNanos(1),
                        (stats.inputs() - toldInputs) * 1e9 / (now - told),
                        stats.inputs(),
                        stats.snapshots(),
                        stats.logStalls(),
                        stats.slow());
                told = now;
                toldInputs = stats.inputs();
            }
        }
    }

    private static int log2(long power) {
        return Long.numberOfTrailingZeros(power);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
