package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.noise.AeadChoice.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AeadChoiceTest {

    /** Until the other way gets no fewer any more. */
    private static final int MESSAGES = 3 * AeadChoice.FIRST + 3 * AeadChoice.AGAIN * AeadChoice.PROBE;

    private static final int MORE = 100 * AeadChoice.PROBE;

    private final AeadChoice choice = AeadChoice.timedBy(() -> 0);
    private long number;

    // So many messages of one key, as long as each way takes for 10,000 bytes; how many went the JDK's way.
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
        assertThat(messages(AeadChoice.FIRST, 20_000, 30_000))
                .isBetween(AeadChoice.FIRST / 3, 2 * AeadChoice.FIRST / 3);
        messages(MESSAGES, 20_000, 30_000);
        assertThat(messages(MORE, 20_000, 30_000)).isBetween(MORE - 150, MORE - 50);
    }

    @Test
    void whatIsSlowerGetsAFewMessagesOnly() {
        messages(MESSAGES, 30_000, 20_000);
        assertThat(messages(MORE, 30_000, 20_000)).isBetween(50, 150);
    }

    /** The first choice is made while one way may be cold. */
    @Test
    void aChoiceThatWasWrongIsMended() {
        messages(MESSAGES, 90_000, 30_000);
        messages(MESSAGES, 10_000, 30_000);
        assertThat(messages(MORE, 10_000, 30_000)).isGreaterThan(MORE - 150);
    }

    /** Each way is timed with all lengths, of which the short ones take longer a byte. */
    @Test
    void lengthsByTurnsDoNotMislead() {
        int byJdk = 0;
        for (int i = 0; i < MESSAGES + MORE; i++) {
            Way way = choice.way(i);
            byJdk += way == Way.JDK && i >= MESSAGES ? 1 : 0;
            if (choice.times(i)) {
                int bytes = i % 2 == 0 ? 65_000 : 5_000;
                choice.took(way, bytes, 1_000 + bytes * (way == Way.JDK ? 10L : 11L) / 10);
            }
        }
        assertThat(byJdk).isGreaterThan(MORE - 150);
    }

    /** Questions are short where answers are long: every second message of a key is a long one, or fewer. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 256})
    void longMessagesAreCountedAndNotAll(int everyOf) throws NoiseException {
        long[] now = {0};
        AeadChoice timed = AeadChoice.timedBy(() -> now[0] += 1000);
        CipherState sending = new CipherState(new byte[32], 0);
        sending.choosing(timed);
        byte[] in = new byte[AeadChoice.LONG + 16];
        for (int i = 0; i < 3 * AeadChoice.FIRST; i++) {
            for (int other = 1; other < everyOf; other++) {
                sending.encrypt(new byte[0], in, 0, 1, in, 0);
            }
            sending.encrypt(new byte[0], in, 0, AeadChoice.LONG, in, 0);
        }
        assertThat(timed.decided()).isTrue();
    }

    @Test
    void neitherIsChosenWhileOneWasNotTimed() {
        for (int i = 0; i < 10 * AeadChoice.FIRST; i++) {
            choice.took(Way.SPLIT, 10_000, 1);
        }
        assertThat(choice.decided()).isFalse();
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
