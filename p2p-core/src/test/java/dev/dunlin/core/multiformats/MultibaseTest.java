package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultibaseTest {

    static List<String[]> published() {
        return Vectors.rows("multibase.csv");
    }

    @ParameterizedTest
    @MethodSource
    void published(String base, String content, String text, String canonical) {
        byte[] bytes = HexFormat.of().parseHex(content);
        assertThat(Multibase.decode(text)).isEqualTo(bytes);
        assertThat(Multibase.of(text)).isEqualTo(Multibase.valueOf(base));
        assertThat(Multibase.valueOf(base).encode(bytes).equals(text)).isEqualTo(Boolean.parseBoolean(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no base
                "0101", // base2 is not implemented
                "!",
                "f0", // half a byte
                "fzz",
                "b1", // not in the alphabet
                "ba", // no text of whole bytes
                "baaa",
                "bmz", // bits left that are not zero
                "cmy", // no padding
                "cmy=====",
                "c========",
                "cmy=======",
                "c=y======",
                "maaaaa",
                "mAB", // bits left that are not zero
                "MAA=",
                "M====",
                "MA===",
                "mAA==", // padding where none belongs
                "uAA+A",
                "mAA-A",
                "z0", // not in Bitcoin's alphabet
                "zl",
                "k\u00e9",
                "b\u212a", // a Kelvin sign is no k
            })
    void refused(String text) {
        assertThatThrownBy(() -> Multibase.decode(text)).isInstanceOf(MultiformatException.class);
    }

    @Test
    void theBasesOfSquareCostAreLimited() {
        String zeros = "1".repeat(Multibase.MAX_POSITIONAL);
        assertThat(Multibase.BASE58_BTC.decodeBare(zeros)).hasSize(Multibase.MAX_POSITIONAL);
        assertThat(Multibase.BASE58_BTC.encodeBare(new byte[Multibase.MAX_POSITIONAL]))
                .isEqualTo(zeros);
        assertThatThrownBy(() -> Multibase.BASE58_BTC.decodeBare(zeros + "1")).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Multibase.BASE36.encode(new byte[Multibase.MAX_POSITIONAL + 1]))
                .isInstanceOf(MultiformatException.class);
    }

    @Property
    void roundTrip(@ForAll Multibase base, @ForAll @Size(max = 80) byte[] bytes) {
        String text = base.encode(bytes);
        assertThat(Multibase.decode(text)).isEqualTo(bytes);
        assertThat(base.decodeBare(base.encodeBare(bytes))).isEqualTo(bytes);
        assertThat(text.chars()).allMatch(c -> c < 0x80);
    }

    @Property
    void whatIsReadIsWrittenTheSameButForCase(
            @ForAll Multibase base,
            @ForAll @AlphaChars @NumericChars @Chars({'=', '+', '/', '-', '_', ' '}) @StringLength(max = 24)
                    String text) {
        byte[] bytes;
        try {
            bytes = base.decodeBare(text);
        } catch (MultiformatException refused) {
            return;
        }
        assertThat(base.encodeBare(bytes)).isEqualToIgnoringCase(text);
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 40) String text) {
        try {
            assertThat(Multibase.decode(text)).isNotNull();
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }
}
