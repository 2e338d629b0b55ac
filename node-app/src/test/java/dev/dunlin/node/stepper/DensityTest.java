package dev.dunlin.node.stepper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DensityTest {

    @Test
    void nothingIsLostWhateverTheTimes() {
        Density density = new Density();
        for (int i = 0; i < 100_000; i++) {
            density.add(1_700_000_000_000_000L + (long) i * i, i % 10 == 0);
        }
        for (int columns : new int[] {1, 7, 80, 300}) {
            assertThat(Arrays.stream(density.inputs(columns)).sum()).isEqualTo(100_000);
            assertThat(Arrays.stream(density.rejected(columns)).sum()).isEqualTo(10_000);
            assertThat(density.column(density.begin(), columns)).isZero();
            assertThat(density.column(density.end(), columns)).isEqualTo(columns - 1);
        }
        long[] halves = density.inputs(2);
        assertThat(halves[0]).as("they become rarer").isGreaterThan(halves[1]);
    }

    @Test
    void oneInputAndNone() {
        assertThat(new Density().inputs(3)).containsExactly(0, 0, 0);
        Density one = new Density();
        one.add(5, true);
        assertThat(one.inputs(3)).containsExactly(1, 0, 0);
        assertThat(Strip.of(one, 5, 3)).isEqualTo(new Strip("▁  ", "^  "));
        assertThat(Strip.of(new Density(), 0, 2)).isEqualTo(new Strip("  ", "^ "));
    }

    @Test
    void barsGrowWithTheirInputsAndRejectionsAreMarked() {
        Density density = new Density();
        for (int i = 0; i < 100; i++) {
            density.add(0, false);
        }
        density.add(500, true);
        density.add(1000, false);
        Strip strip = Strip.of(density, 1000, 10);
        assertThat(strip.bars()).isEqualTo("█    ▁   ▁");
        assertThat(strip.marks()).isEqualTo("     !   ^");
    }
}
