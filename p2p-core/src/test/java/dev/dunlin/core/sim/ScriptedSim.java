package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.Errands.Bank;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.sim.SameScript.Seen;
import dev.dunlin.core.sim.SameScript.Step;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A simulated node that goes through a script. What its disk does is what the other's has done: how many inputs went together into
 * one force, and how many were lost in a crash, is nothing that the two have to agree upon.
 */
final class ScriptedSim implements Scenario<Errands.Root> {

    // Nothing is forced of itself: the script says when.
    private static final long NEVER = 1L << 50;

    private final List<String> turns = new ArrayList<>();
    private final List<String> carriedOut = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<Turn.Emitted> asked = new ArrayList<>();
    private final Iterator<Long> forces;
    private final Iterator<Long> left;
    private final World<Errands.Root> world;
    private final SimNode<Errands.Root> node;

    /**
     * A node that boots.
     *
     * @param records whether its log is written and read back
     * @param holdsDurable false for the planted bug that durable effects do not wait
     * @param forces the inputs that each force takes to disk
     * @param left the inputs that are left after each crash
     * @param drift what its clocks gain in a second
     */
    ScriptedSim(boolean records, boolean holdsDurable, List<Long> forces, List<Long> left, int drift) {
        this.forces = forces.iterator();
        this.left = left.iterator();
        // Whoever has no faults keeps no states to fall back to.
        Plan plan = new Plan(
                name(),
                1,
                1,
                List.of(),
                List.of(),
                new Plan.Net(0, 0, 0, 1, NEVER, Plan.Spread.EXPONENTIAL),
                NEVER / 2,
                NEVER / 2,
                List.of(new Fault.Skew(0, 0, drift)),
                List.of(),
                List.of());
        RunOptions options = records ? RunOptions.DEFAULT.recording(Set.of(0)) : RunOptions.DEFAULT;
        this.world = new World<>(this, plan, options, holdsDurable);
        this.node = world.nodes().getFirst();
    }

    /** What is seen when it boots first, and then at each step. */
    List<Seen> through(List<Step> script) {
        List<Seen> seen = new ArrayList<>();
        happens(0);
        seen.add(taken());
        force();
        seen.add(taken());
        for (Step step : script) {
            go(step);
            seen.add(taken());
            if (world.violation().isPresent()) {
                break;
            }
        }
        return seen;
    }

    private void go(Step step) {
        switch (step) {
            case Step.Offer(Action action) -> {
                offer(action);
                happens(0);
            }
            case Step.Answer(int which, int effects) -> {
                if (!asked.isEmpty()) {
                    Turn.Emitted request = asked.remove(which % asked.size());
                    node.answer(
                            request.id(), new ErrandAction.Answered(SameScript.errandOf(request.effect()), effects));
                    happens(0);
                }
            }
            case Step.Force() -> force();
            case Step.End(int which) ->
                SameScript.handle(node.state().orElseThrow(), which).ifPresent(handle -> {
                    node.ended(new ErrandAction.Closed(handle));
                    happens(0);
                });
            case Step.ClockStep(long by) -> {
                node.stepClock(by);
                happens(0);
            }
            case Step.Advance(long micros) -> {
                happens(micros);
                if (SameScript.isForgotten(micros)) {
                    asked.clear();
                }
            }
            case Step.Busy(Action first, long micros, List<Action> others) -> {
                node.slow(micros);
                boolean taken = offer(first);
                happens(0);
                node.slow(0);
                if (taken) {
                    others.forEach(this::offer);
                }
                happens(micros);
            }
            case Step.Kill(long down) -> crash(false, down, left.next());
            case Step.PowerLoss(long down, long _) -> crash(true, down, left.next());
        }
    }

    private boolean offer(Action action) {
        Action ofRun = SameScript.ofRun(action, node.state().orElseThrow());
        Port.Offer answer = node.offer(ofRun);
        if (answer != Port.Offer.TAKEN) {
            refused.add(answer + " " + ofRun);
        }
        return answer == Port.Offer.TAKEN;
    }

    private void force() {
        node.forceNow(forces.next());
        happens(0);
    }

    private void happens(long later) {
        world.runTo(world.now() + later, RunOptions.DEFAULT);
    }

    private void crash(boolean power, long down, long left) {
        Optional<Fault.Crash> crash = Optional.empty();
        for (int kept = 0; kept <= 1000 && crash.isEmpty(); kept++) {
            Fault.Crash possible = new Fault.Crash(0, world.now(), down, 0, power, kept);
            crash = Optional.of(possible)
                    .filter(one -> node.kept().left(one, world.now()).input() == left);
        }
        if (crash.isEmpty()) {
            turns.add("no crash leaves input " + left + " of " + node.input() + " here");
            return;
        }
        asked.clear();
        node.crash(crash.get());
        turns.add(SameScript.cameBack(node.state().orElseThrow()));
        happens(down);
        force();
    }

    private Seen taken() {
        world.violation().ifPresent(violation -> turns.add("violated: " + violation));
        Seen seen = new Seen(turns, carriedOut, refused);
        refused.clear();
        turns.clear();
        carriedOut.clear();
        return seen;
    }

    private void carriedOut(ActionId id, Effect effect) {
        carriedOut.add(SameScript.told(id, effect));
        if (effect instanceof Effect.Request) {
            asked.add(new Turn.Emitted(id, effect));
        }
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
            booting.handler(Post.class, this::carriedOut);
            booting.handler(Bank.class, this::carriedOut);
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
                turns.add(SameScript.told(turn, of.state().orElseThrow()));
                return Optional.empty();
            }
        });
    }
}
