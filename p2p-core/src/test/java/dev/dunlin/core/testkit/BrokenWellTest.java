package dev.dunlin.core.testkit;

import static dev.dunlin.core.store.Guards.clause;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Example;

/** A state that is no value, and a guard that writes: the one way to break the law of disabled actions. */
class BrokenWellTest {

    /** Water that changes while nobody reduces. */
    private static final class Water implements Canonical {
        private long level;

        @Override
        public void feed(Hasher sink) {
            sink.putLong(level);
        }
    }

    private record Well(Water water) {}

    private record Unwritable(Map<String, String> names, float ratio, byte[] raw, Set<String> set) {}

    private sealed interface Draw extends Action {
        record Sip() implements Draw {}

        record Odd(Unwritable inside) implements Draw {}
    }

    private static Machine<Object, Well, Draw> well() {
        return Machine.of("well", new Well(new Water()))
                .actions(Draw.class)
                .guards(Guards.<Object, Well, Draw>of()
                        .on(Draw.Sip.class, clause("has-water", (view, own, action, now) -> own.water().level++ < 0))
                        .always(Draw.Odd.class)
                        .build())
                .phases((own, subject) -> "full")
                .budget(64);
    }

    private record Root(Well well) {
        static Root with(Root before, Well well) {
            return new Root(well);
        }
    }

    private static final class WellLaws extends MachineLaws<Root, Well, Draw> {
        @Override
        protected Machine<? super Root, Well, Draw> machine() {
            return well();
        }

        @Override
        protected Store<Root> store(Machine<? super Root, Well, Draw> machine) {
            return Store.of(new Root(machine.initial()))
                    .mount(machine, Root::well, Root::with)
                    .build();
        }
    }

    @Example
    void aGuardThatWritesIsFound() {
        LawBook<Root, Well, Draw> book = new LawBook<>(new WellLaws());
        assertThatThrownBy(() -> book.disabledChangesNothing(run -> run.play(List.of(new Move.Say(new Draw.Sip())))))
                .isInstanceOfSatisfying(
                        LawBroken.class, broken -> assertThat(broken.law()).isEqualTo(LawBook.DISABLED))
                .hasMessageContaining("no action was enabled");
    }

    @Example
    void whatCannotBeWrittenIsFound() {
        assertThat(TypeCheck.problems(well()))
                .containsExactly(
                        "Unwritable.names is a java.util.Map, which has no canonical content",
                        "Unwritable.ratio is a float, which has no canonical content",
                        "Unwritable.raw is a [B, which has no canonical content",
                        "Unwritable.set is a java.util.Set, which has no canonical content");
    }
}
