package dev.dunlin.dht.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

    @ParameterizedTest
    @CsvSource({
        // The first five stand in RFC 3339 section 5.8, with what it says of them.
        "1985-04-12T23:20:50.52Z, 1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00, 1996-12-20T00:39:57Z",
        "1937-01-01T12:00:27.87+00:20, 1937-01-01T11:40:27.87Z",
        "2000-02-29T00:00:00-00:00, 2000-02-29T00:00:00Z",
        "1970-01-01T00:00:00.000000001Z, 1970-01-01T00:00:00.000000001Z",
        "2026-11-21t08:30:00z, 2026-11-21T08:30:00Z",
        "2026-11-21T08:30:00.1234567899Z, 2026-11-21T08:30:00.123456789Z",
        "2026-11-21T08:30:00.100000000Z, 2026-11-21T08:30:00.1Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z"
    })
    void readsAndWritesTheCanonicalForm(String text, String canonical) {
        assertThat(Rfc3339.parse(text).map(Rfc3339::format)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-21",
                "2026-11-21T08:30:00",
                "2026-11-21 08:30:00Z",
                "2026-11-21T08:30Z",
                "2026-11-21T08:30:00.Z",
                "2026-11-21T08:30:00,5Z",
                "2026-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-11-21T24:00:00Z",
                "1990-12-31T23:59:60Z",
                "2026-11-21T08:30:00+24:00",
                "2026-11-21T08:30:00+01:60",
                "2026-11-21T08:30:00+0100",
                "+2026-11-21T08:30:00Z",
                "12026-11-21T08:30:00Z",
                "0000-01-01T00:00:00+00:01",
                "9999-12-31T23:59:59-00:01",
                "1700000000.25",
                "2026-11-21T08:30:00.00000000000000000000000000000000000000000000Z",
                "２０２６-11-21T08:30:00Z"
            })
    void refusesWhatIsNoTimeOrOutOfRange(String text) {
        assertThat(Rfc3339.parse(text)).isEmpty();
        assertThat(Rfc3339.parseMicros(text)).isEmpty();
    }

    @Property(tries = 5000)
    void agreesWithTheLibraryOfTheJdk(
            @ForAll("times") Instant time, @ForAll @IntRange(min = -1080, max = 1080) int minutes) {
        String text = OffsetDateTime.ofInstant(time, ZoneOffset.ofTotalSeconds(minutes * 60))
                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        // It leaves seconds out where they are 0; and the time there may be of the year -1 or 10,000.
        if (text.matches("\\d{4}-.*T\\d\\d:\\d\\d:\\d\\d.*")) {
            assertThat(Rfc3339.parse(text)).contains(time);
        }
        assertThat(Instant.parse(Rfc3339.format(time))).isEqualTo(time);
    }

    @Property(tries = 5000)
    void whatIsWrittenIsReadAndNotShorter(@ForAll("times") Instant time) {
        String text = Rfc3339.format(time);
        assertThat(Rfc3339.parse(text)).contains(time);
        assertThat(text).doesNotContainPattern("\\.([0-9]*0)?Z$").endsWith("Z");
        assertThat(text.length()).isBetween(20, 30);
    }

    @Property(tries = 5000)
    void microsecondsAreCutOffTowardsThePast(@ForAll("times") Instant time) {
        long micros = Rfc3339.parseMicros(Rfc3339.format(time)).orElseThrow();
        Instant cut = Rfc3339.ofMicros(micros);
        assertThat(cut).isBeforeOrEqualTo(time).isAfter(time.minusNanos(1000));
        assertThat(Rfc3339.parseMicros(Rfc3339.formatMicros(micros))).isEqualTo(OptionalLong.of(micros));
    }

    @Property(tries = 5000)
    void anyTextIsATimeOrNone(@ForAll @StringLength(max = 80) String text) {
        Rfc3339.parse(text)
                .ifPresent(
                        time -> assertThat(Rfc3339.parse(Rfc3339.format(time))).contains(time));
    }

    @Property(tries = 5000)
    void aChangedCharacterIsATimeOrNone(
            @ForAll("times") Instant time, @ForAll @IntRange(max = 29) int at, @ForAll char with) {
        StringBuilder text = new StringBuilder(Rfc3339.format(time));
        text.setCharAt(at % text.length(), with);
        Rfc3339.parse(text.toString())
                .ifPresent(other ->
                        assertThat(Rfc3339.parse(Rfc3339.format(other))).contains(other));
    }

    @Property
    void refusesToWriteWhatHasNoText(@ForAll("microsOutside") long micros) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rfc3339.formatMicros(micros))
                .withMessageContaining("9999");
    }

    @Provide
    static Arbitrary<Instant> times() {
        Arbitrary<Long> seconds =
                Arbitraries.longs().between(Rfc3339.MIN.getEpochSecond(), Rfc3339.MAX.getEpochSecond());
        Arbitrary<Integer> nanos = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 999_999_999),
                Arbitraries.of(0, 1, 500_000_000, 120_000, 999_999_999));
        return Combinators.combine(seconds, nanos).as(Instant::ofEpochSecond);
    }

    @Provide
    static Arbitrary<Long> microsOutside() {
        long first = Rfc3339.MIN.getEpochSecond() * 1_000_000;
        long last = Rfc3339.MAX.getEpochSecond() * 1_000_000 + 999_999;
        return Arbitraries.oneOf(
                Arbitraries.longs().lessOrEqual(first - 1), Arbitraries.longs().greaterOrEqual(last + 1));
    }
}
