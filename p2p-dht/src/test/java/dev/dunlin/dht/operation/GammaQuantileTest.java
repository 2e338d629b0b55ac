package dev.dunlin.dht.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantiles of the gamma distribution, against tables. */
final class GammaQuantileTest {

    /** Those of optimistic provide with 20 copies; half of the chi-squared quantiles with twice the degrees of freedom (NIST handbook, 1.3.6.7.4). */
    @ParameterizedTest
    @CsvSource({
        "40, 0.1, 14.53",
        "22, 0.9, 15.41",
        "1, 0.9, 1.353",
        "2, 0.9, 2.303",
        "3, 0.9, 3.126",
        "5, 0.1, 0.805",
        "10, 0.9, 7.994",
        "100, 0.9, 59.249",
        "100, 0.1, 41.179"
    })
    void theyAreThoseOfTables(int halves, double probability, double quantile) {
        assertThat(GammaQuantile.of(halves, probability)).isCloseTo(quantile, within(0.006));
    }

    /** Twice the shape grows, and so does the quantile; for all numbers of copies that can be configured. */
    @Test
    void itGrowsWithTheShape() {
        double last = 0;
        for (int halves = 1; halves <= 512; halves++) {
            double quantile = GammaQuantile.of(halves, 0.1);
            assertThat(quantile).isGreaterThan(last).isLessThan(halves);
            last = quantile;
        }
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        assertThatThrownBy(() -> GammaQuantile.of(0, 0.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GammaQuantile.of(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GammaQuantile.of(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GammaQuantile.of(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
