package dev.dunlin.core.sim;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lamps on simulated nodes, with whatever service a test wants them to have.
 *
 * @param service what carries out a node's effects
 * @param checks what must hold
 * @param unfinished what is said to be unfinished at the end
 */
record LampScenario(
        Function<SimNode<Lamps.Root>, EffectHandler<LampEffect>> service,
        List<WorldCheck<Lamps.Root>> checks,
        Optional<String> unfinished)
        implements Scenario<Lamps.Root> {

    static final LampScenario CALM = new LampScenario(node -> (id, effect) -> {}, List.of(), Optional.empty());

    /** A plan of ten seconds and ten more. */
    static Plan plan(int nodes, List<Fault> faults, List<Wish> wishes) {
        return new Plan(
                "lamps", 1, nodes, List.of(), List.of(), NET, 10_000_000, 20_000_000, faults, wishes, List.of());
    }

    /** A millisecond one way, no jitter, a byte in a microsecond, and a disk that takes five milliseconds. */
    static final Plan.Net NET = new Plan.Net(1_000, 0, 0, 1_000_000, 5_000, Plan.Spread.EXPONENTIAL);

    static Wish on(long at, int node, String lamp) {
        return new Wish(at, node, new LampAction.SwitchOn(lamp, 95, Ticket.NONE));
    }

    /** A world of a plan. */
    World<Lamps.Root> world(Plan plan) {
        return new World<>(this, plan, RunOptions.DEFAULT, true);
    }

    Optional<Violation> run(Plan plan) {
        return Simulation.of(this).run(plan).violation();
    }

    @Override
    public String name() {
        return "lamps";
    }

    @Override
    public Store<Lamps.Root> store() {
        return Lamps.store();
    }

    @Override
    public Plan plan(long seed, Size size) {
        return plan(size.nodes(), List.of(), List.of());
    }

    @Override
    public Services<Lamps.Root> services(World<Lamps.Root> world) {
        return node -> {
            node.handler(LampEffect.class, service.apply(node));
            return power -> {};
        };
    }

    @Override
    public List<WorldCheck<Lamps.Root>> checks(World<Lamps.Root> world) {
        return checks;
    }

    @Override
    public Optional<String> unfinished(World<Lamps.Root> world) {
        return unfinished;
    }
}
