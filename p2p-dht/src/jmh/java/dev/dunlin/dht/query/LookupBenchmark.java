package dev.dunlin.dht.query;

import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
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

/** What a step of a lookup costs, by how many nodes it knows of; run with {@code -prof gc} for bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LookupBenchmark {

    private static final int NAMED = 20;
    private static final int ANSWERS = 256;

    /** How many nodes the lookup knows of before the step. */
    @Param({"32", "64", "128", "256", "512", "1024", "2048", "4096"})
    public int known;

    private final List<List<Contact>> answers = new ArrayList<>();
    private Optional<Lookup> lookup = Optional.empty();
    private int at;

    /** A lookup that knows of so many, and what it may be answered. */
    @Setup
    public void begin() {
        PerfectTables network = new PerfectTables(100_000, 0, 42);
        SplittableRandom random = new SplittableRandom(7);
        Key target = PerfectTables.key(random.nextLong());
        lookup = Optional.of(Lookup.of(
                target,
                network.contact(0).peer(),
                Terms.standard(NAMED),
                new LookupLimits(2 * known + NAMED, 1 << 16, Long.MAX_VALUE / 2),
                random(network, random, known)));
        for (int i = 0; i < ANSWERS; i++) {
            answers.add(random(network, random, NAMED));
        }
    }

    private static List<Contact> random(PerfectTables network, SplittableRandom random, int count) {
        List<Contact> contacts = new ArrayList<>();
        while (contacts.size() < count) {
            Contact contact = network.contact(1 + random.nextInt(network.size() - 1));
            if (!contacts.contains(contact)) {
                contacts.add(contact);
            }
        }
        return contacts;
    }

    /** The nearest is asked and names twenty that were not known, and then the next is chosen. */
    @Benchmark
    public Optional<Lookup.Choice> step() {
        Lookup before = lookup.orElseThrow();
        Lookup asked = before.asked(before.next().orElseThrow(), 0);
        return asked.answered(asked.sent(), answers.get(at++ & ANSWERS - 1)).next();
    }

    /** The nearest is asked and does not answer, and then the next is chosen. */
    @Benchmark
    public Optional<Lookup.Choice> failure() {
        Lookup before = lookup.orElseThrow();
        Lookup asked = before.asked(before.next().orElseThrow(), 0);
        return asked.failed(asked.sent()).next();
    }
}
