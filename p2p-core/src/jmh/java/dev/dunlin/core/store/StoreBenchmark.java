package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Actions per second of the bare store, one input to four derived ones ({@link Counters}); run with {@code -prof gc} for bytes per action. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoreBenchmark {

    /** How many peers the state has. */
    @Param({"1000", "100000"})
    public int peers;

    private Store<Counters.Root> store = Counters.store(1);
    private long step;

    /** Fills the state. */
    @Setup
    public void fill() {
        store = Counters.store(peers);
        store.apply(Input.of(new NodeAction.Booted(1, "bench", Table.empty(), 1, 1)), 1);
    }

    /** One input: five actions. */
    @Benchmark
    @OperationsPerInvocation(5)
    public Turn actions() {
        step++;
        return store.apply(Counters.message(step, peers), step);
    }
}
