package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongsTest {

    private static final List<Long> SOME = List.of(3L, Long.MIN_VALUE, 0L, Long.MAX_VALUE);

    @Test
    void isTheListOfTheSameNumbersToWhoeverLooks() {
        Longs longs = Longs.copyOf(SOME);
        assertThat(longs).isEqualTo(SOME).hasSameHashCodeAs(SOME).hasToString(SOME.toString());
        assertThat(SOME).isEqualTo(longs);
        assertThat(Content.digest(longs)).isEqualTo(Content.digest(SOME));
        Codec codec = Codec.of(List.of());
        assertThat(codec.tree(longs)).isEqualTo(codec.tree(SOME));
    }

    @Test
    void doesNotChange() {
        List<Long> source = new ArrayList<>(SOME);
        Longs longs = Longs.copyOf(source);
        source.clear();
        assertThat(longs).isEqualTo(SOME);
        assertThatThrownBy(() -> longs.set(0, 1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> longs.add(1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> longs.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void copiesNothingTwice() {
        Longs longs = Longs.copyOf(SOME);
        assertThat(Longs.copyOf(longs)).isSameAs(longs);
        assertThat(Longs.copyOf(new ArrayList<>())).isSameAs(Longs.copyOf(List.of()));
        assertThat(Longs.copyOf(List.of()).size()).isZero();
    }

    @Test
    void givesTheLastOfTwo() {
        assertThat(Longs.last(3, List.of(), List.of())).isEmpty();
        assertThat(Longs.last(3, List.of(1L), List.of(2L))).containsExactly(1L, 2L);
        assertThat(Longs.last(3, List.of(1L, 2L), List.of(3L))).containsExactly(1L, 2L, 3L);
        assertThat(Longs.last(3, List.of(1L, 2L, 3L), List.of(4L))).containsExactly(2L, 3L, 4L);
        assertThat(Longs.last(1, List.of(1L, 2L), List.of())).containsExactly(2L);
        assertThat(Longs.last(2, List.of(1L), List.of(2L, 3L, 4L))).containsExactly(3L, 4L);
    }
}
