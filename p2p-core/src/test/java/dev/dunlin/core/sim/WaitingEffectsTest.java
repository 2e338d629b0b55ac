package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for one promise of the disk, at several services, is carried out in an order that no JVM chooses. */
final class WaitingEffectsTest {

    record None() {}

    record House(None chime) {}

    sealed interface ChimeAction extends Action {
        record Strike() implements ChimeAction {}
    }

    sealed interface Note extends Effect {
        record C() implements Note, Effect.Fire, Effect.Durable {}

        record D() implements Note, Effect.Fire, Effect.Durable {}

        record E() implements Note, Effect.Fire, Effect.Durable {}

        record F() implements Note, Effect.Fire, Effect.Durable {}

        record G() implements Note, Effect.Fire, Effect.Durable {}

        record A() implements Note, Effect.Fire, Effect.Durable {}
    }

    /** One strike, six notes. */
    private record Chime() implements Slice<Object, None, ChimeAction> {
        @Override
        public String name() {
            return "chime";
        }

        @Override
        public Class<ChimeAction> actions() {
            return ChimeAction.class;
        }

        @Override
        public Class<None> state() {
            return None.class;
        }

        @Override
        public TypeTable types() {
            return TypeTable.of("chime")
                    .action("strike", ChimeAction.Strike.class)
                    .action("c", Note.C.class)
                    .action("d", Note.D.class)
                    .action("e", Note.E.class)
                    .action("f", Note.F.class)
                    .action("g", Note.G.class)
                    .action("a", Note.A.class)
                    .build();
        }

        @Override
        public None initial() {
            return new None();
        }

        @Override
        public Guards<Object, None, ChimeAction> guards() {
            return Guards.<Object, None, ChimeAction>of()
                    .always(ChimeAction.Strike.class)
                    .build();
        }

        @Override
        public None reduce(None own, ChimeAction action, Context ctx) {
            List.of(new Note.C(), new Note.D(), new Note.E(), new Note.F(), new Note.G(), new Note.A())
                    .forEach(ctx::effect);
            return own;
        }

        @Override
        public List<Transition> transitions() {
            return List.of(new Transition("all", "strike", "all"));
        }

        @Override
        public String phase(None own, Subject subject) {
            return "all";
        }

        @Override
        public Subject about(ChimeAction action) {
            return Subject.MACHINE;
        }

        @Override
        public long byteBudget() {
            return 64;
        }
    }

    /** Six services, begun in another order than that of the notes. */
    private record Chimes(List<String> heard) implements Scenario<House> {
        @Override
        public String name() {
            return "chimes";
        }

        @Override
        public Store<House> store() {
            return Store.of(new House(new None()))
                    .mount(new Chime(), House::chime, (house, changed) -> new House(changed))
                    .build();
        }

        @Override
        public Plan plan(long seed, Size size) {
            return Faults.none(name(), seed, size, 1_000_000)
                    .withWishes(List.of(new Wish(1_000, 0, new ChimeAction.Strike())));
        }

        @Override
        public Services<House> services(World<House> world) {
            return node -> {
                for (Class<? extends Note> note :
                        List.of(Note.G.class, Note.E.class, Note.C.class, Note.A.class, Note.F.class, Note.D.class)) {
                    node.handler(
                            note, (id, effect) -> heard.add(effect.getClass().getSimpleName() + " at " + world.now()));
                }
                return power -> {};
            };
        }
    }

    @Test
    void theyAreCarriedOutInTheOrderInWhichTheirServicesBegan() {
        Chimes chimes = new Chimes(new ArrayList<>());
        Plan plan = chimes.plan(1, new Scenario.Size(1, 1_000_000));
        assertThat(Simulation.of(chimes).run(plan).violation()).isEmpty();
        long at = 1_000 + plan.net().force();
        assertThat(chimes.heard())
                .containsExactly("G at " + at, "E at " + at, "C at " + at, "A at " + at, "F at " + at, "D at " + at);
    }
}
