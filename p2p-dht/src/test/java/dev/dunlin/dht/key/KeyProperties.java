package dev.dunlin.dht.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The XOR metric, checked against big integers (Maymounkov and Mazières 2002, 2.1). */
final class KeyProperties {

    private static final int TRIES = 5_000;

    /** Ids that share long prefixes now and then: words of few values among random ones. */
    @Provide
    Arbitrary<Key> keys() {
        Arbitrary<Long> word = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE)),
                Tuple.of(3, Arbitraries.longs()));
        return Combinators.combine(word, word, word, word).as(Key::new);
    }

    private static BigInteger number(Key key) {
        return new BigInteger(1, HexFormat.of().parseHex(key.toString()));
    }

    @Property(tries = TRIES)
    void textReadsBack(@ForAll("keys") Key key) {
        assertThat(Key.parse(key.toString())).isEqualTo(key);
        assertThat(Key.ofDigest(HexFormat.of().parseHex(key.toString()))).isEqualTo(key);
    }

    @Property(tries = TRIES)
    void distanceIsTheXor(@ForAll("keys") Key x, @ForAll("keys") Key y) {
        assertThat(number(x.distance(y))).isEqualTo(number(x).xor(number(y)));
    }

    @Property(tries = TRIES)
    void orderIsThatOfNumbers(@ForAll("keys") Key x, @ForAll("keys") Key y) {
        assertThat(Integer.signum(x.compareTo(y))).isEqualTo(number(x).compareTo(number(y)));
        assertThat(x.compareTo(y) == 0).isEqualTo(x.equals(y));
    }

    @Property(tries = TRIES)
    void comparingDistancesIsComparingThem(@ForAll("keys") Key from, @ForAll("keys") Key x, @ForAll("keys") Key y) {
        assertThat(Integer.signum(from.compareDistances(x, y)))
                .isEqualTo(from.distance(x).compareTo(from.distance(y)));
    }

    /** Identity, symmetry, the triangle inequality, and one id at each distance. */
    @Property(tries = TRIES)
    void isAMetricOfOneDirection(@ForAll("keys") Key x, @ForAll("keys") Key y, @ForAll("keys") Key z) {
        assertThat(x.distance(x)).isEqualTo(Key.ZERO);
        assertThat(x.distance(y).equals(Key.ZERO)).isEqualTo(x.equals(y));
        assertThat(x.distance(y)).isEqualTo(y.distance(x));
        assertThat(number(x.distance(z)))
                .isLessThanOrEqualTo(number(x.distance(y)).add(number(y.distance(z))));
        assertThat(x.distance(x.distance(y))).isEqualTo(y);
    }

    @Property(tries = TRIES)
    void prefixIsOfEqualBits(@ForAll("keys") Key x, @ForAll("keys") Key y) {
        int shared = x.commonPrefix(y);
        assertThat(shared).isEqualTo(Key.BITS - number(x.distance(y)).bitLength());
        for (int i = 0; i < shared; i++) {
            assertThat(x.bit(i)).isEqualTo(y.bit(i)).isEqualTo(number(x).testBit(Key.BITS - 1 - i));
        }
        if (shared < Key.BITS) {
            assertThat(x.bit(shared)).isNotEqualTo(y.bit(shared));
        }
    }

    @Property(tries = TRIES)
    void fractionGrowsWithTheDistance(@ForAll("keys") Key x, @ForAll("keys") Key y) {
        Key least = x.compareTo(y) <= 0 ? x : y;
        Key most = least.equals(x) ? y : x;
        assertThat(least.fraction()).isBetween(0.0, 1.0).isLessThanOrEqualTo(most.fraction());
        assertThat(most.fraction()).isLessThan(1.0);
    }
}
