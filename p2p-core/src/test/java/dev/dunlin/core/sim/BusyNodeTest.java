package dev.dunlin.core.sim;

import static dev.dunlin.core.store.Clauses.when;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slow nodes: what a round does, what it does not do after a fault was found, and what it costs. */
@Timeout(120)
final class BusyNodeTest {

    private static final long SECOND = 1_000_000;
    private static final int KEEP_POST = 5;
    private static final int TELL_BANK = 4;

    private static ErrandAction begin(long errand, long lasts, int again, int effects) {
        return new ErrandAction.Begin(errand, 1, lasts, again, effects, Ticket.NONE);
    }

    record Fuse(long at) implements Due {}

    record Fuses(Table<Long, Fuse> all) {}

    record Box(Fuses fuses) {}

    sealed interface FuseAction extends Action {
        record Light(long lasts) implements FuseAction {}

        record Burnt(long fuse) implements FuseAction {}
    }

    sealed interface FuseEffect extends Effect {
        record Smoke() implements FuseEffect, Effect.Fire, Effect.Durable {}
    }

    private static final Machine<Object, Fuses, FuseAction> FUSES = Machine.of("fuses", new Fuses(Table.empty()))
            .actions(FuseAction.class, FuseEffect.class)
            .guards(Guards.<Object, Fuses, FuseAction>of()
                    .on(FuseAction.Light.class, when("is-sane", (own, wish) -> wish.lasts() > 0))
                    .always(FuseAction.Burnt.class)
                    .build())
            .reduces((own, action, ctx) -> switch (action) {
                case FuseAction.Light(long lasts) -> {
                    ctx.effect(new FuseEffect.Smoke());
                    yield new Fuses(own.all().with(lasts, new Fuse(ctx.now() + lasts)));
                }
                case FuseAction.Burnt(long fuse) -> {
                    if (fuse == 1_000) {
                        throw new IllegalStateException("bang");
                    }
                    yield new Fuses(own.all().without(fuse));
                }
            })
            .due(FuseAction.Burnt.class, Fuses::all, FuseAction.Burnt::new)
            .transitions("all: light, burnt")
            .phases((own, subject) -> "all")
            .budget(1 << 10);

    private record FuseScenario(List<String> seen, boolean checks) implements Scenario<Box> {
        @Override
        public String name() {
            return "fuses";
        }

        @Override
        public Store<Box> store() {
            return Store.of(new Box(new Fuses(Table.empty())))
                    .mount(FUSES, Box::fuses, (box, changed) -> new Box(changed))
                    .build();
        }

        @Override
        public Plan plan(long seed, Size size) {
            return Faults.none(name(), seed, size, 1);
        }

        @Override
        public Services<Box> services(World<Box> world) {
            return node -> {
                node.handler(
                        FuseEffect.class,
                        (id, effect) -> seen.add("Smoke at " + world.now() + ", violated: "
                                + world.violation().isPresent()));
                return power -> {};
            };
        }

        @Override
        public List<WorldCheck<Box>> checks(World<Box> of) {
            return !checks
                    ? List.of()
                    : List.of(new WorldCheck<>() {
                        @Override
                        public String name() {
                            return "no-tick";
                        }

                        @Override
                        public Optional<String> after(SimNode<Box> of, Turn turn) {
                            return turn.entry(0) instanceof NodeAction.Tick ? Optional.of("a tick") : Optional.empty();
                        }
                    });
        }
    }

    // The force ends while the node is busy, and so does the fuse.
    private static List<String> smoke(long lasts, boolean checks) {
        List<String> seen = new ArrayList<>();
        FuseScenario scenario = new FuseScenario(seen, checks);
        // fsync takes as long as the fuse: they meet.
        Plan plan = new Plan(
                "fuses",
                1,
                1,
                List.of(),
                List.of(),
                new Plan.Net(0, 0, 0, 1, lasts, Plan.Spread.EXPONENTIAL),
                1L << 40,
                1L << 40,
                List.of(),
                List.of(),
                List.of());
        World<Box> world = new World<>(scenario, plan, RunOptions.DEFAULT, true);
        world.runTo(10, RunOptions.DEFAULT);
        world.nodes().getFirst().slow(5_000);
        world.nodes().getFirst().offer(new FuseAction.Light(lasts));
        world.runTo(SECOND, RunOptions.DEFAULT);
        assertThat(world.violation()).isPresent();
        return seen;
    }

    @Test
    void whatWaitedForFsyncStaysWhereTheTickHasStoppedTheStore() {
        assertThat(smoke(1_000, false)).isEmpty();
    }

    @Test
    void whatWaitedForFsyncStaysWhereACheckHasFoundTheTickWrong() {
        assertThat(smoke(2_000, true)).isEmpty();
    }

    private static long events(int seconds) {
        ErrandSim sim = new ErrandSim(0, 1_000);
        // Due again at once, a tick of a second each time: more than a slow node can do.
        for (int errand = 0; errand < 50; errand++) {
            sim.node.offer(begin(errand, 20_000 + errand, 1 << 20, KEEP_POST));
        }
        sim.happens(10_000);
        sim.node.slow(20_000);
        long before = sim.world.happened();
        sim.happens(seconds * SECOND);
        return sim.world.happened() - before;
    }

    @Test
    void eventsOfABusyNodeGrowAsItsTime() {
        long some = events(20);
        long more = events(80);
        assertThat(more).isLessThan(6 * some);
    }

    @Test
    void aTickThatIsDueComesBeforeWhatFsyncLetGo() {
        ErrandSim sim = new ErrandSim(0, 1_000);
        sim.handler = (id, effect) -> {
            if (effect instanceof Post.KeepPost) {
                sim.turns.add(sim.world.now() + " KeepPost");
            }
        };
        sim.node.offer(begin(1, 20_000, 0, 0));
        sim.happens(10);
        sim.node.slow(50_000);
        sim.node.offer(begin(2, SECOND, 0, KEEP_POST));
        sim.happens(SECOND / 2);
        assertThat(sim.turns).containsExactly("0 Begin", "10 Begin", "50010 Tick", "100010 KeepPost");
    }

    @Test
    void aTickAfterAClockStepOfItsRoundWaitsForItsEnd() {
        ErrandSim sim = new ErrandSim(0, 1_000);
        List<String> seen = new ArrayList<>();
        sim.handler = (id, effect) ->
                seen.add(sim.world.now() + " " + effect.getClass().getSimpleName());
        sim.node.offer(begin(1, SECOND, 0, TELL_BANK));
        sim.happens(SECOND / 2);
        seen.clear();
        sim.node.slow(50_000);
        sim.node.stepClock(5 * SECOND);
        sim.happens(3 * SECOND);
        assertThat(seen).containsExactly("1050000 TellBank");
    }
}
