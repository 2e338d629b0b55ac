package dev.dunlin.core.runtime;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Counters;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Inputs per second through a whole runtime, from the offer to the forced log; and replayed from that log. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(1)
public class RecordingBenchmark {

    /** Inputs in one run. */
    static final int INPUTS = 500_000;

    private static final int PEERS = 1000;

    /** Whether there is a log. */
    @Param({"false", "true"})
    public boolean recording;

    private Path folder = Path.of("");
    private Path log = Path.of("");
    private int round;

    /** A folder for the logs, and one log to replay. */
    @Setup
    public void make() throws IOException {
        folder = Files.createTempDirectory("dunlin-bench");
        log = run(true);
    }

    private Path run(boolean record) {
        Path here = folder.resolve("log" + round++);
        try (DirectoryStorage storage = DirectoryStorage.open(here)) {
            Store<Counters.Root> store = Counters.store(PEERS);
            NodeBuilder<Counters.Root> builder = NodeRuntime.of(store)
                    .handler(Counters.Deliver.class, (id, effect) -> {})
                    .handler(NodeEffect.class, (id, effect) -> {});
            if (record) {
                builder.log(
                        ActionLog.open(storage, store, LogOptions.DEFAULT, "bench")
                                .writer(),
                        LogOptions.DEFAULT);
            }
            NodeRuntime<Counters.Root> node = builder.build();
            node.start("bench", Table.empty(), 1);
            for (long step = 0; step < INPUTS; step++) {
                while (node.offer(Counters.message(step, PEERS).action()) != Port.Offer.TAKEN) {
                    // The offering thread is to measure the node, not to take a core from it.
                    LockSupport.parkNanos(200_000);
                }
            }
            node.stop().join();
            if (node.stats().inputs() != INPUTS + 1 || node.forced() != INPUTS + 1) {
                throw new IllegalStateException("lost: " + node.stats());
            }
            return here;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the first offer to the end of the drained node, the log forced; none lost. */
    @Benchmark
    @OperationsPerInvocation(INPUTS)
    public Path inputs() {
        return run(recording);
    }

    /** A log of so many inputs, verified. */
    @Benchmark
    @OperationsPerInvocation(INPUTS)
    public Replayer.Verified replay() {
        Store<Counters.Root> store = Counters.store(PEERS);
        Replayer.Verified verified =
                new Replayer<>(LogReader.open(DirectoryStorage.readOnly(log), store), store, false).verify(step -> {});
        if (verified.divergence().isPresent() || verified.inputs() != INPUTS + 1) {
            throw new IllegalStateException(verified.toString());
        }
        return verified;
    }

    /** Deletes the logs of a round, but the one that is replayed. */
    @TearDown(Level.Iteration)
    public void sweep() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.startsWith(log) && !file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Deletes the rest. */
    @TearDown
    public void end() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
