package dev.dunlin.core.words;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpansTest {

    @ParameterizedTest
    @CsvSource({
        "-5, 0 s",
        "0, 0 s",
        "1, 1 us",
        "999, 999 us",
        "1500, 1 ms",
        "999999, 999 ms",
        "1000000, 1 s",
        "59999999, 59 s",
        "60000000, 1 min",
        "125000000, 2 min 5 s",
        "3600000000, 1 h",
        "3660000000, 1 h 1 min",
        "86400000000, 1 day",
        "180000000000, 2 days 2 h",
        "9223372036854775807, 106751991 days 4 h"
    })
    void twoUnitsAreEnough(long micros, String words) {
        assertThat(Spans.of(micros)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 peers", "1, 1 peer", "2, 2 peers"})
    void oneIsNoPlural(long number, String words) {
        assertThat(Counts.of(number, "peer")).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"1, 1st", "2, 2nd", "3, 3rd", "4, 4th", "11, 11th", "12, 12th", "13, 13th", "21, 21st", "112, 112th"})
    void ordinalsEndAsTheyAreSpoken(long number, String words) {
        assertThat(Counts.nth(number)).isEqualTo(words);
    }
}
