package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class DrawsTest {

    private static Draws draws(String machine, long seed, long input) {
        Draws draws = new Draws(machine);
        draws.turnTo(seed, input, 1);
        return draws;
    }

    // Calculated from the definition in another language. Replays hold these: a change makes old logs diverge.
    @Example
    void goldenValues() {
        Draws draws = draws("lamp", 7, 1);
        assertThat(draws.nextLong()).isEqualTo(2231890666092274448L);
        assertThat(draws.nextLong()).isEqualTo(-6853023295847505006L);
        assertThat(draws.nextLong()).isEqualTo(-5752160143632545236L);
    }

    @Example
    void differBySeedInputMachineAndDraw() {
        Set<Long> drawn = new HashSet<>();
        int count = 0;
        for (String machine : new String[] {"lamp", "door", "bell"}) {
            for (long seed = 0; seed < 10; seed++) {
                for (long input = 0; input < 10; input++) {
                    Draws draws = draws(machine, seed, input);
                    for (int i = 0; i < 10; i++) {
                        drawn.add(draws.nextLong());
                        count++;
                    }
                }
            }
        }
        assertThat(drawn).hasSize(count);
    }

    @Example
    void whatOneMachineDrawsMovesNoOthersDraws() {
        Draws lamp = new Draws("lamp");
        Draws door = new Draws("door");
        lamp.turnTo(1, 1, 1);
        lamp.nextLong();
        door.turnTo(1, 1, 1);
        assertThat(door.nextLong()).isEqualTo(draws("door", 1, 1).nextLong());
    }

    @Example
    void goOnWithinATurnAndBeginAgainInTheNext() {
        Draws draws = draws("lamp", 7, 1);
        long first = draws.nextLong();
        draws.turnTo(7, 1, 1);
        assertThat(draws.nextLong()).isNotEqualTo(first);
        draws.turnTo(7, 1, 2);
        assertThat(draws.nextLong()).isEqualTo(first);
        draws.turnTo(8, 1, 2);
        assertThat(draws.nextLong()).isEqualTo(draws("lamp", 8, 1).nextLong());
    }

    @Property
    void staysBelowItsBound(@ForAll long seed, @ForAll @LongRange(min = 1) long bound) {
        Draws draws = draws("lamp", seed, 1);
        for (int i = 0; i < 10; i++) {
            assertThat(draws.nextLong(bound)).isBetween(0L, bound - 1);
            assertThat(draws.nextInt(5)).isBetween(0, 4);
            assertThat(draws.nextDouble()).isBetween(0.0, 1 - 0x1.0p-53);
        }
    }

    @Example
    void isUniform() {
        Draws draws = draws("lamp", 7, 1);
        int[] counts = new int[10];
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            counts[draws.nextInt(10)]++;
            sum += draws.nextDouble();
        }
        // The seed is fixed; the bounds are some six standard deviations wide.
        for (int count : counts) {
            assertThat(count).isBetween(9_430, 10_570);
        }
        assertThat(sum / 100_000).isBetween(0.494, 0.506);
    }

    @Example
    void refusesABoundThatIsNotPositive() {
        for (long bound : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> draws("lamp", 1, 1).nextLong(bound))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a bound is positive, not " + bound);
        }
    }
}
