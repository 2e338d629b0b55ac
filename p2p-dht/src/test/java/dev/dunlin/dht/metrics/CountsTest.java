package dev.dunlin.dht.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;

/** What is counted and measured. */
final class CountsTest {

    /** There is room for so many labels, of so many characters; those that are there are counted further. */
    @Example
    void labelsAreBounded() {
        Counts counts = Counts.NONE;
        for (int i = 0; i < Counts.MOST_LABELS; i++) {
            assertThat(counts.hasRoom("label " + i)).isTrue();
            counts = counts.with("label " + i);
        }
        assertThat(counts.hasRoom("one more")).isFalse();
        assertThat(counts.hasRoom("label 0")).isTrue();
        assertThat(counts.with("label 0").sum()).isEqualTo(Counts.MOST_LABELS + 1);
        assertThat(Counts.NONE.hasRoom("x".repeat(Counts.LONGEST_LABEL))).isTrue();
        assertThat(Counts.NONE.hasRoom("x".repeat(Counts.LONGEST_LABEL + 1))).isFalse();
    }

    /** Times are what a list of them says. */
    @Property(tries = 1_000)
    void timesAreThoseOfAll(@ForAll @NotEmpty List<@LongRange(max = 100_000_000) Long> all) {
        Times times = Times.NONE;
        for (long took : all) {
            times = times.with(took);
        }
        assertThat(times.count()).isEqualTo(all.size());
        assertThat(times.sum()).isEqualTo(all.stream().mapToLong(took -> took).sum());
        assertThat(times.least())
                .isEqualTo(all.stream().mapToLong(took -> took).min().orElseThrow());
        assertThat(times.most())
                .isEqualTo(all.stream().mapToLong(took -> took).max().orElseThrow());
        assertThat(times.average()).isEqualTo((double) times.sum() / all.size());
        for (int i = 0; i < Times.BOUNDS.size(); i++) {
            long bound = Times.BOUNDS.get(i);
            assertThat(times.within().get(i))
                    .isEqualTo(all.stream().filter(took -> took <= bound).count());
        }
    }

    /** A sum that is too great stays the greatest. */
    @Example
    void aSumHasAnEnd() {
        Times times = Times.NONE.with(Long.MAX_VALUE).with(Long.MAX_VALUE).with(-5);
        assertThat(times.sum()).isEqualTo(Long.MAX_VALUE);
        assertThat(times.least()).isZero();
        assertThat(Times.NONE.average()).isZero();
    }
}
