package dev.dunlin.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Table;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {

    private static final Setting TIME = Setting.time("a.time", 15_000_000, 1_000, 3_600_000_000L, "a time");
    private static final Setting SIZE = Setting.size("a.size", 1 << 20, 0, Long.MAX_VALUE, "a size");
    private static final Setting FAMILY = Setting.time("a.time.*", 0, 0, 60_000_000, "a time of each");

    private static String why(Setting setting, String written) {
        try {
            return "taken as " + setting.kind().recorded(written);
        } catch (BadValueException e) {
            return e.why();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "15s, 15000000",
        "15 s, 15000000",
        "' 1_500 ms ', 1500000",
        "1h, 3600000000",
        "60m, 3600000000",
        "2000us, 2000"
    })
    void timesHaveUnits(String written, String recorded) throws BadValueException {
        assertThat(TIME.kind().recorded(written)).isEqualTo(recorded);
    }

    @ParameterizedTest
    @CsvSource({"1MiB, 1048576", "0, 0", "16 KiB, 16384", "3B, 3", "8388607TiB, 9223370937343148032"})
    void sizesHaveUnits(String written, String recorded) throws BadValueException {
        assertThat(SIZE.kind().recorded(written)).isEqualTo(recorded);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "15|is no time: write a number with d, h, m, s, ms or us, such as 15s",
                "0.5s|is no time: write a number with d, h, m, s, ms or us, such as 15s",
                "15 parsecs|is no time: write a number with d, h, m, s, ms or us, such as 15s",
                "''|is no time: write a number with d, h, m, s, ms or us, such as 15s",
                "2h|is above 1h",
                "-3s|is below 1ms",
                "9223372036854775807d|is above 1h",
                "99999999999999999999d|is above 1h",
                "-99999999999999999999d|is below 1ms",
            })
    void whatIsNoTimeSaysWhy(String written, String why) {
        assertThat(why(TIME, written)).isEqualTo(why);
    }

    @Test
    void whatIsNoValueOfTheOtherKindsSaysWhy() {
        assertThat(why(Setting.count("a.count", 1, 1, 9, ""), "1s")).isEqualTo("is no whole number");
        assertThat(why(Setting.count("a.count", 1, 1, 9, ""), "10")).isEqualTo("is above 9");
        assertThat(why(Setting.flag("a.flag", true, ""), "yes")).isEqualTo("is neither true nor false");
        assertThat(why(Setting.words("a.text", "", 3, ""), "four")).isEqualTo("has 4 characters, and may have 3");
        assertThat(why(Setting.words("a.text", "", 3, ""), "a\u0007b")).isEqualTo("has a control character in it");
        assertThat(why(SIZE, "1MB")).startsWith("is no size");
        Setting one = new Setting("a.one", new Kind.OneOf(List.of("text", "json")), "text", "", false);
        assertThat(why(one, "xml")).isEqualTo("is none of text, json");
        Setting some = new Setting("a.some", new Kind.Several("names", 2, 5), "", "", false);
        assertThat(why(some, "a,b,c")).isEqualTo("has 3 names, and may have 2");
        assertThat(why(some, " a , b ")).isEqualTo("taken as a,b");
        Setting where = new Setting("a.where", new Kind.Addresses(2), "", "", false);
        assertThat(why(where, "/ip4/nowhere")).startsWith("has an address that is none, /ip4/nowhere");
    }

    /** Else a file that the program prints would say another thing than the program. */
    @Property
    void whatIsShownReadsBackAsTheSame(@ForAll @LongRange(min = 0) long value) throws BadValueException {
        for (Kind kind : List.of(
                new Kind.Count(0, Long.MAX_VALUE),
                new Kind.Size(0, Long.MAX_VALUE),
                new Kind.Time(0, Long.MAX_VALUE))) {
            String recorded = Long.toString(value);
            assertThat(kind.recorded(kind.shown(recorded))).isEqualTo(recorded);
        }
    }

    /** A boot that is recorded must be replayable whatever it says. */
    @Property
    void readingNeverFails(@ForAll String recorded) {
        Table<String, String> config =
                Table.<String, String>empty().with("a.time", recorded).with("a.text", recorded);
        assertThat(TIME.number(config)).isBetween(1_000L, 3_600_000_000L);
        Setting text = Setting.words("a.text", "none", 5, "");
        assertThat(text.of(config)).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void aValueOutOfItsRangeCountsAsMissing() {
        Table<String, String> config = Table.<String, String>empty().with("a.time", "1");
        assertThat(TIME.number(config)).isEqualTo(15_000_000);
        assertThat(TIME.number(config.with("a.time", "2000000"))).isEqualTo(2_000_000);
    }

    @Test
    void aFamilyHasEachOfItsKeys() {
        Settings both = Settings.of(TIME, FAMILY);
        assertThat(both.find("a.time")).contains(TIME);
        assertThat(both.find("a.time./my/1")).contains(FAMILY);
        assertThat(both.find("a.time.")).isEmpty();
        assertThat(both.find("a.tim")).isEmpty();
    }

    @Test
    void aDeclarationThatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> Setting.count("a.count", 5, 1, 4, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Settings.of(TIME, TIME)).hasMessage("there are two settings a.time");
        assertThatThrownBy(() -> Settings.of(TIME).atMost(TIME, SIZE, "")).hasMessageContaining("a.size");
        assertThatThrownBy(() -> Settings.of(TIME).and(Settings.of(TIME))).hasMessage("there are two settings a.time");
    }
}
