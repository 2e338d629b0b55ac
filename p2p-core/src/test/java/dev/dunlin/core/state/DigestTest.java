package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DigestTest {

    @Property
    void sumsCommuteAndAreUndone(@ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
        Digest one = new Digest(a, b);
        Digest other = new Digest(c, d);
        assertThat(one.plus(other)).isEqualTo(other.plus(one)).isEqualTo(new Digest(a + c, b + d));
        assertThat(one.plus(other).minus(other)).isEqualTo(one);
        assertThat(one.plus(Digest.ZERO)).isEqualTo(one);
    }

    @Property
    void textReadsBack(@ForAll long high, @ForAll long low) {
        Digest digest = new Digest(high, low);
        assertThat(digest.toString()).isEqualTo(String.format("%016x%016x", high, low));
        assertThat(Digest.parse(digest.toString())).isEqualTo(digest);
    }

    @Property
    void ordersAsUnsignedNumber(@ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
        Digest one = new Digest(a, b);
        Digest other = new Digest(c, d);
        int expected = new BigInteger(one.toString(), 16).compareTo(new BigInteger(other.toString(), 16));
        assertThat(Integer.signum(one.compareTo(other))).isEqualTo(expected);
    }

    @Example
    void refusesOtherTexts() {
        assertThatThrownBy(() -> Digest.parse("00"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a digest has 32 hexadecimal digits, not 2");
        for (String bad : new String[] {"G", "A", "+", "-", " ", "/", ":", "`"}) {
            assertThatThrownBy(() -> Digest.parse(bad + "0".repeat(31)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a digest has lower-case hexadecimal digits, not '" + bad + "'");
        }
    }
}
