package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.wire.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many databases are durably made a second, by how many there are; and how long it takes to count them and to see their names. */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
class TallyBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int ROUNDS = 3;
    private static final int MADE = 400;
    private static final double NANOS = 1e9;

    @TempDir
    private Path folder = Path.of("");

    private final AtomicInteger number = new AtomicInteger();

    @Test
    void made() throws Exception {
        try (SqliteTallies tallies =
                SqliteTallies.open(folder.resolve(SqliteTallies.DIRECTORY), HaltingTallies.AMPLE)) {
            // What is compiled at first does not count.
            remove(0, tallies, make(tallies, MADE, 4).length);
            for (int present : new int[] {0, 1_000, 10_000}) {
                make(tallies, present - (int) tallies.usage().databases(), 4);
                for (int round = 1; round <= ROUNDS; round++) {
                    for (int threads : new int[] {1, 4}) {
                        measure(tallies, present, round, threads);
                    }
                }
                long begun = System.nanoTime();
                tallies.usage();
                long counted = System.nanoTime();
                tallies.names("", 256);
                FIGURES.info(String.format(
                        Locale.ROOT,
                        "%,d present: counted in %.1f ms, 256 names in %.1f ms",
                        present,
                        (counted - begun) / 1e6,
                        (System.nanoTime() - counted) / 1e6));
            }
        }
    }

    private void measure(SqliteTallies tallies, int present, int round, int threads) throws Exception {
        int first = number.get();
        long begun = System.nanoTime();
        long[] each = make(tallies, MADE, threads);
        double seconds = (System.nanoTime() - begun) / NANOS;
        long removing = System.nanoTime();
        remove(first, tallies, MADE);
        double removed = (System.nanoTime() - removing) / NANOS;
        FIGURES.info(String.format(
                Locale.ROOT,
                "%,d present, round %d, %d threads: %.0f made a second, p50 %.1f ms, p99 %.1f ms; %.0f removed a second by one",
                present,
                round,
                threads,
                MADE / seconds,
                each[MADE / 2] / 1e6,
                each[MADE * 99 / 100] / 1e6,
                MADE / removed));
    }

    private static void remove(int first, SqliteTallies tallies, int many) {
        for (int i = first; i < first + many; i++) {
            tallies.remove(HaltingTallies.name(i));
        }
    }

    /** How long each took, the quickest first. */
    private long[] make(SqliteTallies tallies, int many, int threads) throws InterruptedException, ExecutionException {
        long[] each = new long[many];
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                all.add(pool.submit(() -> {
                    int at = next.getAndIncrement();
                    while (at < many) {
                        long begun = System.nanoTime();
                        tallies.make(HaltingTallies.name(number.getAndIncrement()), Role.STOCK);
                        each[at] = System.nanoTime() - begun;
                        at = next.getAndIncrement();
                    }
                    return each;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        Arrays.sort(each);
        return each;
    }
}
