package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.noise.AeadChoice.Way;
import org.junit.jupiter.api.Test;

final class AeadChoiceTest {

    private static final int ENOUGH = 2000;

    private static AeadChoice timed(long jdk, long split) {
        AeadChoice choice = AeadChoice.timedBy(() -> 0);
        for (int i = 0; i < ENOUGH; i++) {
            assertThat(choice.chosen()).isEqualTo(Way.UNDECIDED);
            // Cold at first, and disturbed now and then.
            long more = i < ENOUGH / 3 ? 1_000_000 - i : i % 3 * 10_000L;
            choice.took(Way.JDK, 10_000, jdk + more);
            choice.took(Way.SPLIT, 10_000, split + more);
        }
        return choice;
    }

    @Test
    void theFasterWayIsTakenOnceBothWereTimed() {
        assertThat(timed(30_000, 20_000).chosen()).isEqualTo(Way.SPLIT);
        assertThat(timed(20_000, 30_000).chosen()).isEqualTo(Way.JDK);
    }

    @Test
    void neitherIsTakenWhileOneWasNotTimed() {
        AeadChoice choice = AeadChoice.timedBy(() -> 0);
        for (int i = 0; i < 10 * ENOUGH; i++) {
            choice.took(Way.SPLIT, 10_000, 1);
        }
        assertThat(choice.chosen()).isEqualTo(Way.UNDECIDED);
    }
}
