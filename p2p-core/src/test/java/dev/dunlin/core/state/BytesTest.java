package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BytesTest {

    @Property
    void holdsACopy(@ForAll byte[] bytes) {
        byte[] given = bytes.clone();
        Bytes value = Bytes.of(given);
        Arrays.fill(given, (byte) 7);
        Arrays.fill(value.toArray(), (byte) 9);
        assertThat(value.toArray()).isEqualTo(bytes);
        assertThat(value.size()).isEqualTo(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(value.at(i)).isEqualTo(bytes[i]);
        }
    }

    @Property
    void equalContentIsOneValue(@ForAll byte[] first, @ForAll byte[] second) {
        Bytes one = Bytes.of(first);
        assertThat(one).isEqualTo(Bytes.of(first)).hasSameHashCodeAs(Bytes.of(first));
        assertThat(one.equals(Bytes.of(second))).isEqualTo(Arrays.equals(first, second));
        assertThat(one.hashCode()).isEqualTo(Arrays.hashCode(first));
        assertThat(new Hasher().putBytes(first).finish()).isEqualTo(fed(one));
        assertThat(fed(one).equals(fed(Bytes.of(second)))).isEqualTo(Arrays.equals(first, second));
    }

    @Property
    void textIsBase64AndComesBack(@ForAll byte[] bytes) {
        Bytes value = Bytes.of(bytes);
        assertThat(value).hasToString(java.util.Base64.getEncoder().encodeToString(bytes));
        assertThat(Bytes.parse(value.toString())).isEqualTo(value);
    }

    @Property
    void equalLengthsCompareAsUnsignedNumbers(@ForAll byte[] first, @ForAll byte[] second) {
        int length = Math.min(first.length, second.length);
        byte[] a = Arrays.copyOf(first, length);
        byte[] b = Arrays.copyOf(second, length);
        assertThat(Integer.signum(Bytes.of(a).compareTo(Bytes.of(b))))
                .isEqualTo(new BigInteger(1, a).compareTo(new BigInteger(1, b)));
    }

    @Test
    void aBeginningComesFirst() {
        assertThat(Bytes.of((byte) 1)).isLessThan(Bytes.of((byte) 1, (byte) 0));
        assertThat(Bytes.of((byte) 0x80)).isGreaterThan(Bytes.of((byte) 0x7F, (byte) 0xFF));
    }

    @Test
    void noBytesAreOneValue() {
        assertThat(Bytes.of()).isSameAs(Bytes.EMPTY);
    }

    @Test
    void parsesNothingButBase64() {
        assertThatThrownBy(() -> Bytes.parse("a_b=")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Digest fed(Bytes value) {
        Hasher hasher = new Hasher();
        value.feed(hasher);
        return hasher.finish();
    }
}
