package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DigestTest {

    @Property
    void addingIsLaneWiseAndUndone(@ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
        Digest first = new Digest(a, b);
        Digest second = new Digest(c, d);
        assertThat(first.plus(second)).isEqualTo(new Digest(a + c, b + d)).isEqualTo(second.plus(first));
        assertThat(first.plus(second).minus(second)).isEqualTo(first);
        assertThat(first.plus(Digest.ZERO)).isEqualTo(first);
    }

    @Property
    void textIsTheNumberInHexadecimal(@ForAll long high, @ForAll long low) {
        Digest digest = new Digest(high, low);
        assertThat(digest.toString()).hasSize(32).matches("[0-9a-f]+");
        assertThat(new BigInteger(digest.toString(), 16)).isEqualTo(number(digest));
        assertThat(Digest.parse(digest.toString())).isEqualTo(digest);
    }

    @Property
    void orderIsThatOfUnsignedNumbers(@ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
        Digest first = new Digest(a, b);
        assertThat(Integer.signum(first.compareTo(new Digest(c, d))))
                .isEqualTo(number(first).compareTo(number(new Digest(c, d))));
        assertThat(Integer.signum(first.compareTo(new Digest(a, d)))).isEqualTo(Long.compareUnsigned(b, d));
    }

    @Test
    void parsesNothingElse() {
        assertThatThrownBy(() -> Digest.parse("0".repeat(31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 31");
        assertThatThrownBy(() -> Digest.parse("0".repeat(33))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Digest.parse("g".repeat(32))).isInstanceOf(IllegalArgumentException.class);
    }

    private static BigInteger number(Digest digest) {
        return new BigInteger(Long.toUnsignedString(digest.high()))
                .shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(digest.low())));
    }
}
