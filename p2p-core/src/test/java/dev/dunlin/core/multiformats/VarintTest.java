package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {

    /** The examples in the README of multiformats/unsigned-varint, and the two ends of the range. */
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "127, 7f",
        "128, 8001",
        "255, ff01",
        "300, ac02",
        "16384, 808001",
        "9223372036854775807, ffffffffffffffff7f"
    })
    void examples(long value, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(Varint.encode(value)).isEqualTo(bytes);
        assertThat(Varint.decode(bytes, 0)).isEqualTo(value);
        assertThat(Varint.sizeOf(value)).isEqualTo(bytes.length);
    }

    /** The cases of multiformats/go-varint varint_test.go: overflow, not minimal, underflow, end of input. */
    @ParameterizedTest
    @ValueSource(
            strings = {"ffffffffffffffffffffff00", "8100", "8181", "", "ffffffffffffffffff01", "80808080808080808000"})
    void refused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatExceptionOfType(MultiformatException.class).isThrownBy(() -> Varint.decode(bytes, 0));
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        assertThatExceptionOfType(MultiformatException.class).isThrownBy(() -> Varint.decode(buffer));
        assertThat(buffer.position()).isZero();
    }

    @Test
    void negativeNumbersAndPlacesAreRefused() {
        assertThatThrownBy(() -> Varint.encode(-1)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Varint.decode(new byte[1], -1)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Varint.decode(new byte[1], 2)).isInstanceOf(MultiformatException.class);
    }

    @Test
    void anIncompleteVarintIsNoErrorYetUntilItIsTooLong() {
        ByteBuffer arriving = ByteBuffer.wrap(HexFormat.of().parseHex("ffffffffffffffffffff"));
        for (int length = 0; length < Varint.MAX_BYTES; length++) {
            arriving.position(0).limit(length);
            assertThat(Varint.tryDecode(arriving)).isEmpty();
            assertThat(arriving.position()).isZero();
        }
        arriving.limit(Varint.MAX_BYTES);
        assertThatThrownBy(() -> Varint.tryDecode(arriving))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("9 bytes");
    }

    @Property
    void roundTrip(@ForAll @LongRange(min = 0) long value) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * Varint.MAX_BYTES);
        Varint.encode(value, buffer);
        Varint.encode(7, buffer);
        buffer.flip();
        assertThat(Varint.decode(buffer)).isEqualTo(value);
        assertThat(buffer.position()).isEqualTo(Varint.sizeOf(value));
        assertThat(Varint.decode(buffer)).isEqualTo(7);
        assertThat(Varint.decode(buffer.array(), Varint.sizeOf(value))).isEqualTo(7);
    }

    @Property
    void whatIsReadIsWrittenTheSame(@ForAll @Size(max = 12) byte[] bytes) {
        long value;
        try {
            value = Varint.decode(bytes, 0);
        } catch (MultiformatException refused) {
            return;
        }
        assertThat(bytes).startsWith(Varint.encode(value));
    }
}
