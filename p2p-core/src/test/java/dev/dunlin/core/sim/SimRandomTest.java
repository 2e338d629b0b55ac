package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A seed means the same for ever: what it drew once, it draws again. */
final class SimRandomTest {

    @Test
    void keysGiveTheNumbersThatTheyGaveEver() {
        SimRandom random = SimRandom.of(42, 1);
        assertThat(LongStream.generate(random::next).limit(4))
                .containsExactly(
                        3654226749915914556L, -4142457500739470628L, 7907376704685424936L, -5911704526541132140L);
        SimRandom other = SimRandom.of();
        assertThat(other.below(1_000_000)).isEqualTo(652448);
        assertThat(other.between(-5, 5)).isEqualTo(2);
        assertThat(other.exponential(1_000_000)).isEqualTo(949009);
        assertThat(other.permille(500)).isFalse();
    }

    @Test
    void otherKeysOrOtherOrdersGiveOtherNumbers() {
        assertThat(LongStream.of(
                        SimRandom.of(1).next(),
                        SimRandom.of(2).next(),
                        SimRandom.of(1, 2).next(),
                        SimRandom.of(2, 1).next(),
                        SimRandom.of(1, 0).next(),
                        SimRandom.of(0, 1).next(),
                        SimRandom.of(1, 0, 0).next()))
                .doesNotHaveDuplicates();
    }

    @Test
    void numbersStayInTheirRanges() {
        SimRandom random = SimRandom.of(7);
        boolean[] below = new boolean[5];
        boolean[] between = new boolean[5];
        long sum = 0;
        int hits = 0;
        for (int i = 0; i < 10_000; i++) {
            below[random.below(5)] = true;
            between[(int) random.between(-2, 2) + 2] = true;
            long waited = random.exponential(1_000);
            assertThat(waited).isPositive();
            sum += waited;
            hits += random.permille(250) ? 1 : 0;
        }
        assertThat(below).containsOnly(true);
        assertThat(between).containsOnly(true);
        assertThat(sum / 10_000).isBetween(950L, 1_050L);
        assertThat(hits).isBetween(2_300, 2_700);
        assertThatIllegalArgumentException().isThrownBy(() -> random.below(0)).withMessageContaining("positive");
    }
}
