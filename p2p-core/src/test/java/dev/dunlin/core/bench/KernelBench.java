package dev.dunlin.core.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel's figures at 1,000, 10,000 and 100,000 entries: the bare store, recording at full speed, and a storm: at rest, in a
 * flood of two seconds, and after it, with the time in which the rate is back. Prints, and asserts only that nothing is lost.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class KernelBench {

    private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000);
    private static final long SECOND = 1_000_000_000L;
    private static final int OFFERED = 2_000;

    @TempDir
    Path folder = Path.of("");

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    @Test
    void store() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        for (int size : SIZES) {
            Store<Crowd.Root> store = Crowd.store(size);
            double[] rates = new double[7];
            double bytes = 0;
            long step = 0;
            for (int round = 0; round < rates.length; round++) {
                long allocated = threads.getThreadAllocatedBytes(self);
                long begun = System.nanoTime();
                long from = step;
                while (System.nanoTime() - begun < SECOND) {
                    for (int i = 0; i < 100; i++) {
                        step++;
                        store.apply(Crowd.input(step, size), step);
                    }
                }
                rates[round] = (step - from) * 5.0 * SECOND / (System.nanoTime() - begun);
                bytes = (threads.getThreadAllocatedBytes(self) - allocated) / ((step - from) * 5.0);
            }
            double[] warm = Arrays.copyOfRange(rates, 2, rates.length);
            Arrays.sort(warm);
            print(
                    "store, %,7d peers: %.2f million actions/s (%.2f to %.2f), %.0f bytes an action",
                    size, warm[warm.length / 2] / 1e6, warm[0] / 1e6, warm[warm.length - 1] / 1e6, bytes);
        }
    }

    private NodeRuntime<Crowd.Root> started(DirectoryStorage storage, int size) throws IOException {
        Store<Crowd.Root> store = Crowd.store(size);
        NodeRuntime<Crowd.Root> node = NodeRuntime.of(store)
                .handler(Crowd.CrowdEffect.class, (id, effect) -> {})
                .handler(NodeEffect.class, (id, effect) -> {})
                .log(ActionLog.open(storage, store, LogOptions.DEFAULT, "bench").writer(), LogOptions.DEFAULT)
                .build();
        node.start("bench", Table.empty(), 1);
        return node;
    }

    @Test
    void recording() throws IOException {
        int inputs = Integer.getInteger("dunlin.inputs", 1_000_000);
        for (int size : SIZES) {
            double[] rates = new double[5];
            for (int round = 0; round < rates.length; round++) {
                Path here = folder.resolve("r" + size + "-" + round);
                try (DirectoryStorage storage = DirectoryStorage.open(here)) {
                    NodeRuntime<Crowd.Root> node = started(storage, size);
                    long begun = System.nanoTime();
                    for (long step = 0; step < inputs; step++) {
                        offer(node, step, size);
                    }
                    node.stop().join();
                    rates[round] = inputs * (double) SECOND / (System.nanoTime() - begun);
                    assertThat(node.stats().inputs()).isEqualTo(inputs + 1);
                    assertThat(node.forced()).isEqualTo(inputs + 1);
                }
                delete(here);
            }
            double[] warm = Arrays.copyOfRange(rates, 1, rates.length);
            Arrays.sort(warm);
            print(
                    "recording, %,7d peers: %,.0f inputs/s (%,.0f to %,.0f), none lost",
                    size, warm[warm.length / 2], warm[0], warm[warm.length - 1]);
        }
    }

    private static void delete(Path here) throws IOException {
        try (Stream<Path> files = Files.list(here)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static void offer(NodeRuntime<Crowd.Root> node, long step, int size) {
        while (node.offer(Crowd.message(step, size)) != Port.Offer.TAKEN) {
            LockSupport.parkNanos(200_000);
        }
    }

    @Test
    void storm() throws IOException {
        for (int size : SIZES) {
            Path here = folder.resolve("s" + size);
            long taken = 1;
            try (DirectoryStorage storage = DirectoryStorage.open(here)) {
                NodeRuntime<Crowd.Root> node = started(storage, size);
                long[] steps = {0};
                double rest = offered(node, size, steps, 2 * SECOND);
                long before = node.stats().inputs();
                long begun = System.nanoTime();
                while (System.nanoTime() - begun < 2 * SECOND) {
                    offer(node, steps[0]++, size);
                }
                double flood = (node.stats().inputs() - before) * (double) SECOND / (System.nanoTime() - begun);
                long over = System.nanoTime();
                long behind = node.stats().queued();
                long recovered = -1;
                double after = 0;
                for (int tenth = 0; tenth < 100 && recovered < 0; tenth++) {
                    after = offered(node, size, steps, SECOND / 10);
                    if (node.stats().queued() < OFFERED / 100
                            && node.stats().logQueued() < 100
                            && after > 0.9 * OFFERED) {
                        recovered = System.nanoTime() - over;
                    }
                }
                double later = offered(node, size, steps, 2 * SECOND);
                taken += steps[0];
                node.stop().join();
                assertThat(node.stats().inputs()).isEqualTo(taken);
                assertThat(node.forced()).isEqualTo(taken);
                print(
                        "storm, %,7d entries: at rest %,.0f inputs/s of %,d offered; flood %,.0f inputs/s, %,d behind at its end;"
                                + " back after %s; then %,.0f inputs/s",
                        size,
                        rest,
                        OFFERED,
                        flood,
                        behind,
                        recovered < 0 ? "NEVER" : "%.2f s".formatted(recovered / 1e9),
                        later);
            }
            Store<Crowd.Root> store = Crowd.store(size);
            Replayer.Verified verified = new Replayer<>(
                            LogReader.open(DirectoryStorage.readOnly(here), store), store, false)
                    .verify(step -> {});
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.last()).isEqualTo(taken);
            print("storm, %,7d entries: log verified, %,d inputs, none lost", size, verified.inputs());
            delete(here);
        }
    }

    // Offers at a rate for a time; how many inputs a second were taken.
    private static double offered(NodeRuntime<Crowd.Root> node, int size, long[] steps, long nanos) {
        long inputs = node.stats().inputs();
        long begun = System.nanoTime();
        long given = 0;
        while (System.nanoTime() - begun < nanos) {
            long due = (System.nanoTime() - begun) * OFFERED / SECOND;
            while (given < due) {
                offer(node, steps[0]++, size);
                given++;
            }
            LockSupport.parkNanos(500_000);
        }
        return (node.stats().inputs() - inputs) * (double) SECOND / (System.nanoTime() - begun);
    }
}
