package dev.dunlin.dht.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Prefixes are subtrees of the id space. */
final class PrefixProperties {

    /** An id is in a prefix if and only if it lies between its first and its last id, and shares its bits. */
    @Property
    void whatIsInAPrefixLiesBetweenItsEnds(
            @ForAll long a,
            @ForAll long b,
            @ForAll long c,
            @ForAll long d,
            @ForAll @IntRange(max = 256) int bits,
            @ForAll @IntRange(max = 255) int flipped) {
        Key key = new Key(a, b, c, d);
        Prefix prefix = Prefix.of(key, bits);
        Key other = flipped(key, flipped);
        assertThat(prefix.has(key)).isTrue();
        assertThat(prefix.has(prefix.first())).isTrue();
        assertThat(prefix.has(prefix.last())).isTrue();
        assertThat(prefix.has(other)).isEqualTo(flipped >= bits);
        assertThat(prefix.first().compareTo(other) <= 0 && other.compareTo(prefix.last()) <= 0)
                .isEqualTo(flipped >= bits);
    }

    /** The two halves of a prefix are all of it, and have nothing in common. */
    @Property
    void theHalvesAreTheWhole(
            @ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d, @ForAll @IntRange(max = 255) int bits) {
        Prefix whole = Prefix.of(new Key(a, b, c, d), bits);
        Prefix lower = whole.half(false);
        Prefix upper = whole.half(true);
        assertThat(lower.first()).isEqualTo(whole.first());
        assertThat(upper.last()).isEqualTo(whole.last());
        assertThat(flipped(lower.first(), bits)).isEqualTo(upper.first());
        assertThat(flipped(lower.last(), bits)).isEqualTo(upper.last());
        assertThat(whole.has(lower) && whole.has(upper)).isTrue();
        assertThat(lower.has(whole) || lower.has(upper) || upper.has(lower)).isFalse();
    }

    private static Key flipped(Key key, int bit) {
        long mask = Long.MIN_VALUE >>> bit % Long.SIZE;
        return new Key(
                key.a() ^ (bit / Long.SIZE == 0 ? mask : 0),
                key.b() ^ (bit / Long.SIZE == 1 ? mask : 0),
                key.c() ^ (bit / Long.SIZE == 2 ? mask : 0),
                key.d() ^ (bit / Long.SIZE == 3 ? mask : 0));
    }

    @Example
    void allIdsBeginWithNothing() {
        assertThat(Prefix.ALL.first()).isEqualTo(Key.ZERO);
        assertThat(Prefix.ALL.last()).isEqualTo(new Key(-1, -1, -1, -1));
    }

    @Example
    void whatIsNoPrefixIsRefused() {
        assertThatThrownBy(() -> Prefix.of(Key.ZERO, 257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Prefix.of(Key.ZERO, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prefix(new Key(1, 0, 0, 0), 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Prefix.of(Key.ZERO, 256).half(true)).isInstanceOf(IllegalArgumentException.class);
    }
}
