package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The clocks of a simulated node. */
final class SimClockTest {

    private static final long YEAR = 365L * 24 * 3600 * 1_000_000;

    @Property
    void theForwardClockNeverRunsBack(
            @ForAll @LongRange(min = 0, max = YEAR) long world,
            @ForAll @LongRange(min = 0, max = 3_000_000) long later,
            @ForAll @IntRange(min = -999_999, max = 999_999) int drift) {
        SimClock clock = new SimClock(0, drift);
        assertThat(clock.monotonic(world + later)).isGreaterThanOrEqualTo(clock.monotonic(world));
    }

    @Property
    void theWorldsTimeIsTheFirstAtWhichTheClockSaysSo(
            @ForAll @LongRange(min = 0, max = YEAR) long monotonic,
            @ForAll @IntRange(min = -999_999, max = 999_999) int drift) {
        SimClock clock = new SimClock(0, drift);
        long world = clock.world(monotonic);
        Assume.that(world < Long.MAX_VALUE);
        assertThat(clock.monotonic(world)).isGreaterThanOrEqualTo(monotonic);
        assertThat(clock.monotonic(world - 1)).isLessThan(monotonic);
    }

    @Example
    void whatIsBeyondAllTimeIsNever() {
        assertThat(new SimClock(0, -500).world(Long.MAX_VALUE - 5)).isEqualTo(Long.MAX_VALUE);
        assertThat(new SimClock(0, 500).world(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(new SimClock(0, 0).world(YEAR)).isEqualTo(YEAR);
    }

    @Example
    void aDriftIsGainedBitByBit() {
        SimClock clock = new SimClock(0, 500);
        assertThat(clock.monotonic(999_999)).isEqualTo(999_999 + 499);
        assertThat(clock.monotonic(1_000_000)).isEqualTo(1_000_500);
        assertThat(new SimClock(0, -500).monotonic(1_000_000)).isEqualTo(999_500);
        assertThat(new SimClock(0, -500).monotonic(1)).isZero();
    }

    @Example
    void onlyTheWallClockIsAheadAndStepped() {
        SimClock clock = new SimClock(7, 0);
        assertThat(clock.wall(3)).isEqualTo(World.BEGINNING + 10);
        clock.step(-5);
        assertThat(clock.wall(3)).isEqualTo(World.BEGINNING + 5);
        assertThat(clock.monotonic(3)).isEqualTo(3);
    }
}
