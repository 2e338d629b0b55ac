package dev.dunlin.core.state;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to digest a byte string of a peer id's, a frame's and a block's size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class HasherBenchmark {

    /** Bytes in one value. */
    @Param({"38", "1024", "65536"})
    public int size;

    private final Hasher hasher = new Hasher();
    private byte[] value = {};

    /** Fills the value with bytes that are not all alike. */
    @Setup
    public void fill() {
        value = new byte[size];
        for (int i = 0; i < size; i++) {
            value[i] = (byte) (31 * i);
        }
    }

    /** One value, from reset to digest. */
    @Benchmark
    public Digest digest() {
        return hasher.reset().putBytes(value).finish();
    }
}
