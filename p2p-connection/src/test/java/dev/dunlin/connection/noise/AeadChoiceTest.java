package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.noise.AeadChoice.Way;
import org.junit.jupiter.api.Test;

final class AeadChoiceTest {

    /** Until the other way gets no fewer any more. */
    private static final int MESSAGES = 2 * AeadChoice.FIRST + 2 * AeadChoice.AGAIN * AeadChoice.PROBE;

    private final AeadChoice choice = AeadChoice.timedBy(() -> 0);
    private long number;

    // So many messages of one key, as long as each way takes; how many went the JDK's way.
    private int messages(int count, long jdk, long split) {
        int byJdk = 0;
        for (int i = 0; i < count; i++, number++) {
            Way way = choice.way(number);
            byJdk += way == Way.JDK ? 1 : 0;
            if (choice.times(number)) {
                // Disturbed now and then.
                long more = i % 3 * 10_000L;
                choice.took(way, 10_000, (way == Way.JDK ? jdk : split) + more);
            }
        }
        return byJdk;
    }

    @Test
    void bothWaysAreTakenInTurnAndThenTheFasterOne() {
        assertThat(messages(2 * AeadChoice.FIRST, 20_000, 30_000)).isEqualTo(AeadChoice.FIRST);
        messages(MESSAGES, 20_000, 30_000);
        assertThat(messages(10 * AeadChoice.PROBE, 20_000, 30_000)).isEqualTo(10 * AeadChoice.PROBE - 10);
    }

    @Test
    void whatIsSlowerGetsAFewMessagesOnly() {
        messages(MESSAGES, 30_000, 20_000);
        assertThat(messages(10 * AeadChoice.PROBE, 30_000, 20_000)).isEqualTo(10);
    }

    /** The first choice is made while one way may be cold. */
    @Test
    void aChoiceThatWasWrongIsMended() {
        messages(MESSAGES, 90_000, 30_000);
        messages(MESSAGES, 10_000, 30_000);
        assertThat(messages(10 * AeadChoice.PROBE, 10_000, 30_000)).isEqualTo(10 * AeadChoice.PROBE - 10);
    }

    @Test
    void whoTimesNothingTakesOneWay() {
        AeadChoice untimed = AeadChoice.untimed();
        for (long i = 0; i < MESSAGES; i++) {
            assertThat(untimed.way(i)).isEqualTo(Way.SPLIT);
            assertThat(untimed.times(i)).isFalse();
        }
    }
}
