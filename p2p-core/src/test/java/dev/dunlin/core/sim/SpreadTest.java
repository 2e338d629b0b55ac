package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Latencies are spread as they are said to be, and each run draws how. */
final class SpreadTest {

    private static final long MEAN = 1_000;

    // Sorted.
    private static long[] drawn(Plan.Spread spread) {
        SimRandom random = SimRandom.of(5, spread.ordinal());
        long[] times = new long[100_000];
        Arrays.setAll(times, i -> spread.draw(random, MEAN));
        Arrays.sort(times);
        return times;
    }

    private static double mean(long[] times) {
        return Arrays.stream(times).average().orElseThrow();
    }

    @Test
    void theyHaveTheirMean() {
        assertThat(mean(drawn(Plan.Spread.EXPONENTIAL))).isBetween(980.0, 1_020.0);
        assertThat(mean(drawn(Plan.Spread.UNIFORM))).isBetween(980.0, 1_020.0);
        // Less what is cut off the tail.
        assertThat(mean(drawn(Plan.Spread.HEAVY_TAILED))).isBetween(900.0, 1_020.0);
    }

    @Test
    void theyHaveTheirShape() {
        long[] exponential = drawn(Plan.Spread.EXPONENTIAL);
        long[] uniform = drawn(Plan.Spread.UNIFORM);
        long[] heavy = drawn(Plan.Spread.HEAVY_TAILED);
        assertThat(exponential[50_000]).isBetween(680L, 706L);
        assertThat(uniform[50_000]).isBetween(980L, 1_020L);
        assertThat(heavy[50_000]).isBetween(515L, 545L);
        assertThat(exponential[99_999]).isBetween(8_000L, 20_000L);
        assertThat(uniform[0]).isLessThan(5);
        assertThat(uniform[99_999]).isBetween(1_995L, 2_000L);
        assertThat(heavy[0]).isBetween(333L, 334L);
        assertThat(heavy[99_999]).as("the greatest there is").isEqualTo(100 * MEAN);
    }

    @Test
    void ofNothingThereIsNothing() {
        for (Plan.Spread spread : Plan.Spread.values()) {
            assertThat(spread.draw(SimRandom.of(1), 0)).isZero();
        }
    }
}
