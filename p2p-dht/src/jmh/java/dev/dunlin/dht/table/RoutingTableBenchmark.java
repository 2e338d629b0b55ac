package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.key.Key;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
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

/**
 * What a routing table costs that has as many nodes as a network of some size gives it: 331 of a million. Run with {@code -prof gc} for
 * bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoutingTableBenchmark {

    private static final int TARGETS = 1024;
    private static final int BUCKET = 20;
    private static final TableLimits LIMITS = new TableLimits(BUCKET, 16_384, 2, 3, 0);

    /** How many nodes are in the table, 20 in each bucket but the deepest. */
    @Param({"40", "199", "331", "640"})
    public int nodes;

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Key> targets = new ArrayList<>();
    private final List<Contact> present = new ArrayList<>();
    private RoutingTable table = RoutingTable.of(Key.ZERO, LIMITS);
    private int at;

    /** Fills the table and draws what is looked for. */
    @Setup
    public void fill() {
        Key self = key(random.nextLong());
        table = RoutingTable.of(self, LIMITS);
        for (int i = 0; i < nodes; i++) {
            int shared = i / BUCKET;
            long flipped = self.a() ^ 1L << Long.SIZE - 1 - shared;
            long below = (1L << Long.SIZE - 1 - shared) - 1;
            Contact contact = contact(key(flipped & ~below | random.nextLong() & below), i);
            table = table.with(contact, from(contact), i, i);
            present.add(contact);
        }
        for (int i = 0; i < TARGETS; i++) {
            targets.add(key(random.nextLong()));
        }
    }

    private Key key(long first) {
        return new Key(first, random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static Contact contact(Key key, int number) {
        PeerId peer = PeerId.of(Multihash.identity(
                ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
        byte[] ip = {(byte) (20 + number / 256), (byte) number, 1, 1};
        return new Contact(key, peer, List.of(Multiaddr.tcp(ip, 4001)));
    }

    // It answers from where it says that it is.
    private static Optional<Multiaddr> from(Contact contact) {
        return Optional.of(contact.addresses().getFirst());
    }

    /** The 20 nearest to a random id. */
    @Benchmark
    public List<Contact> nearest() {
        return table.nearest(targets.get(at++ & TARGETS - 1), BUCKET);
    }

    /** A node that is there was of use. */
    @Benchmark
    public RoutingTable useful() {
        Contact contact = present.get(at++ % nodes);
        return table.useful(contact, from(contact), at, at);
    }

    /** Whether a node may enter that is there already, as most that are heard of are. */
    @Benchmark
    public Optional<RoutingTable.Refusal> refusal() {
        Contact contact = present.get(at++ % nodes);
        return table.refusal(contact, from(contact), at);
    }

    /** A node leaves and enters again. */
    @Benchmark
    public RoutingTable churn() {
        Contact contact = present.get(at++ % nodes);
        return table.without(contact).with(contact, from(contact), at, at);
    }
}
