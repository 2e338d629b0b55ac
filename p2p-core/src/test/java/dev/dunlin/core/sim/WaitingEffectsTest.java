package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for one fsync, at several services, is carried out in an order that no JVM chooses. */
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
    private static final Machine<Object, None, ChimeAction> CHIME = Machine.of("chime", new None())
            .actions(ChimeAction.class, Note.class)
            .guards(Guards.<Object, None, ChimeAction>of()
                    .always(ChimeAction.Strike.class)
                    .build())
            .reduces((own, action, ctx) -> {
                List.of(new Note.C(), new Note.D(), new Note.E(), new Note.F(), new Note.G(), new Note.A())
                        .forEach(ctx::effect);
                return own;
            })
            .transitions("all: strike")
            .phases((own, subject) -> "all")
            .budget(64);

    /** Six services, begun in another order than that of the notes. */
    private record Chimes(List<String> heard) implements Scenario<House> {
        @Override
        public String name() {
            return "chimes";
        }

        @Override
        public Store<House> store() {
            return Store.of(new House(new None()))
                    .mount(CHIME, House::chime, (house, changed) -> new House(changed))
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
