package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;

class DeadlinesTest {

    private record Edit(String key, long at) {}

    @Provide
    Arbitrary<List<Edit>> edits() {
        return Combinators.combine(
                        Arbitraries.strings().withCharRange('a', 'f').ofLength(1),
                        Arbitraries.frequencyOf(
                                Tuple.of(5, Arbitraries.longs().between(0, 8)),
                                Tuple.of(1, Arbitraries.just(Deadlines.NEVER))))
                .as(Edit::new)
                .list()
                .ofMaxSize(40);
    }

    @Property
    void isAMapOrderedByTime(@ForAll("edits") List<Edit> edits, @ForAll @LongRange(max = 9) long now) {
        Deadlines<String> deadlines = Deadlines.none();
        TreeMap<String, Long> model = new TreeMap<>();
        for (Edit edit : edits) {
            deadlines = deadlines.with(edit.key(), edit.at());
            if (edit.at() == Deadlines.NEVER) {
                model.remove(edit.key());
            } else {
                model.put(edit.key(), edit.at());
            }
            assertThat(deadlines.next())
                    .isEqualTo(model.values().stream().min(Long::compare).orElse(Deadlines.NEVER));
            TableShape.check(deadlines.times());
        }
        List<String> due = model.entrySet().stream()
                .filter(entry -> entry.getValue() <= now)
                .sorted(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(deadlines.due(now, 100)).isEqualTo(due);
        assertThat(deadlines.due(now, 2)).isEqualTo(due.subList(0, Math.min(2, due.size())));
        assertThat(deadlines.due(now, 0)).isEmpty();
        assertThat(deadlines.size()).isEqualTo(model.size());
        assertThat(deadlines.times().keys()).containsExactlyElementsOf(model.keySet());
        for (String key : List.of("a", "b", "c", "d", "e", "f", "g")) {
            Long at = model.get(key);
            assertThat(deadlines.at(key)).isEqualTo(at == null ? OptionalLong.empty() : OptionalLong.of(at));
            assertThat(deadlines.isDue(key, now)).isEqualTo(at != null && at <= now);
        }
        Deadlines<String> again = Deadlines.of(deadlines.times());
        assertThat(again).isEqualTo(deadlines).hasSameHashCodeAs(deadlines);
        assertThat(again.due(now, 100)).isEqualTo(due);
        assertThat(Content.digest(again)).isEqualTo(Content.digest(deadlines));
    }

    @Example
    void whatChangesNothingIsTheVerySame() {
        Deadlines<String> deadlines = Deadlines.<String>none().with("a", 5);
        assertThat(deadlines.with("a", 5)).isSameAs(deadlines);
        assertThat(deadlines.without("b")).isSameAs(deadlines);
        assertThat(deadlines.with("b", Deadlines.NEVER)).isSameAs(deadlines);
    }

    @Example
    void aThousandAreFoundInOrderWhateverElseIsDue() {
        Deadlines<Integer> deadlines = Deadlines.none();
        for (int i = 0; i < 1_000; i++) {
            deadlines = deadlines.with(i, i * 7919L % 1_000);
        }
        TableShape.check(deadlines.times());
        Deadlines<Integer> all = deadlines;
        assertThat(all.due(499, 1_000))
                .hasSize(500)
                .isSortedAccordingTo(Comparator.comparingLong(key -> all.at(key).orElseThrow()));
        assertThat(all.due(999, 3)).isEqualTo(all.due(999, 1_000).subList(0, 3));
    }

    @Example
    void isDueAtItsVeryTime() {
        Deadlines<String> deadlines = Deadlines.<String>none().with("a", 5);
        assertThat(deadlines.isDue("a", 4)).isFalse();
        assertThat(deadlines.isDue("a", 5)).isTrue();
        assertThat(deadlines.due(4, 1)).isEmpty();
        assertThat(deadlines.due(5, 1)).containsExactly("a");
    }

    @Example
    void differsByTimeAndKey() {
        Deadlines<String> one = Deadlines.<String>none().with("a", 5);
        assertThat(one).isNotEqualTo(Deadlines.<String>none().with("a", 6));
        assertThat(one).isNotEqualTo(Deadlines.<String>none().with("b", 5));
        assertThat(one.equals((Object) "a")).isFalse();
        assertThat(Content.digest(one))
                .isNotEqualTo(Content.digest(Deadlines.<String>none().with("a", 6)));
    }
}
