package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.sim.Errands.Bank;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** One simulated node of errands whose effects a test carries out. */
final class ErrandSim implements Scenario<Errands.Root> {

    final List<String> turns = new ArrayList<>();
    final World<Errands.Root> world;
    final SimNode<Errands.Root> node;
    BiConsumer<ActionId, Effect> handler = (id, effect) -> {};

    /**
     * A node that has booted.
     *
     * @param drift what its clock gains in a second
     * @param force how long fsync takes
     */
    ErrandSim(int drift, long force) {
        Plan plan = new Plan(
                name(),
                1,
                1,
                List.of(),
                List.of(),
                new Plan.Net(0, 0, 0, 1, force, Plan.Spread.EXPONENTIAL),
                1L << 49,
                1L << 49,
                List.of(new Fault.Skew(0, 0, drift)),
                List.of(),
                List.of());
        world = new World<>(this, plan, RunOptions.DEFAULT, true);
        node = world.nodes().getFirst();
        happens(0);
        turns.clear();
    }

    void happens(long later) {
        world.runTo(world.now() + later, RunOptions.DEFAULT);
    }

    /** A turn, in the words in which it is compared. */
    static String told(Turn turn) {
        return (turn.now() - World.BEGINNING) + " " + turn.entry(0).getClass().getSimpleName();
    }

    @Override
    public String name() {
        return "errands";
    }

    @Override
    public Store<Errands.Root> store() {
        return Errands.store();
    }

    @Override
    public Budgets budgets() {
        return Errands.BUDGETS;
    }

    @Override
    public Plan plan(long seed, Size size) {
        return Faults.none(name(), seed, size, 1);
    }

    @Override
    public Services<Errands.Root> services(World<Errands.Root> of) {
        return booting -> {
            booting.handler(Post.class, (id, effect) -> handler.accept(id, effect));
            booting.handler(Bank.class, (id, effect) -> handler.accept(id, effect));
            return power -> {};
        };
    }

    @Override
    public List<WorldCheck<Errands.Root>> checks(World<Errands.Root> of) {
        return List.of(new WorldCheck<>() {
            @Override
            public String name() {
                return "tells-of-every-turn";
            }

            @Override
            public Optional<String> after(SimNode<Errands.Root> of, Turn turn) {
                turns.add(told(turn));
                return Optional.empty();
            }
        });
    }
}
