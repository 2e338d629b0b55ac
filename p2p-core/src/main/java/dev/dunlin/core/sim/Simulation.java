package dev.dunlin.core.sim;

import dev.dunlin.core.log.SimDisk;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Runs a scenario's plans.
 *
 * @param <R> the root of a node's state tree
 */
public final class Simulation<R> {

    /** The violation's name when two runs of one plan differ. */
    public static final String REPEATABLE = "equal-plans-give-equal-digests";

    private final Scenario<R> scenario;
    private final boolean holdsDurable;

    private Simulation(Scenario<R> scenario, boolean holdsDurable) {
        this.scenario = scenario;
        this.holdsDurable = holdsDurable;
    }

    /** Of a scenario. */
    public static <R> Simulation<R> of(Scenario<R> scenario) {
        return new Simulation<>(scenario, true);
    }

    /** With the bug that durable effects do not wait for the disk, to see that it is found. */
    static <R> Simulation<R> unforced(Scenario<R> scenario) {
        return new Simulation<>(scenario, false);
    }

    /** The scenario. */
    public Scenario<R> scenario() {
        return scenario;
    }

    /** What becomes of a plan: first under its faults, then, when they are over, what was wished must come to an end. */
    public Outcome run(Plan plan, RunOptions options) {
        return ran(plan, options).outcome();
    }

    /** What becomes of a plan, with the options that are usual. */
    public Outcome run(Plan plan) {
        return run(plan, RunOptions.DEFAULT);
    }

    /** Runs a plan twice: that the digests differ is a violation, too. */
    public Outcome runTwice(Plan plan, RunOptions options) {
        Outcome first = run(plan, options);
        if (first.violation().isPresent()) {
            return first;
        }
        Outcome second = run(plan, options.auditing(false).ending(world -> {}));
        if (first.digest().equals(second.digest())) {
            return first;
        }
        return first.withViolation(new Violation(
                Violation.Kind.SAFETY,
                REPEATABLE,
                -1,
                0,
                first.time(),
                "the first run ended with the digest " + first.digest() + ", the second with " + second.digest()));
    }

    /** The logs of all nodes of a run, made again from its plan; by node. */
    public Map<Integer, SimDisk> logs(Plan plan) {
        Set<Integer> all = new LinkedHashSet<>();
        for (int i = 0; i < plan.nodes(); i++) {
            if (!plan.absent().contains(i) && !plan.byzantine().contains(i)) {
                all.add(i);
            }
        }
        World<R> world = ran(plan, RunOptions.DEFAULT.recording(all));
        Map<Integer, SimDisk> disks = new LinkedHashMap<>();
        for (SimNode<R> node : world.nodes()) {
            node.disk().ifPresent(disk -> disks.put(node.number(), disk));
        }
        return disks;
    }

    private World<R> ran(Plan plan, RunOptions options) {
        if (!plan.scenario().equals(scenario.name())) {
            throw new IllegalArgumentException(
                    "the plan is of the scenario " + plan.scenario() + ", not of " + scenario.name());
        }
        World<R> world = new World<>(scenario, plan, options, holdsDurable);
        world.runTo(plan.safe(), options);
        world.runTo(plan.live(), options);
        if (world.violation().isEmpty() && options.audits()) {
            // The first that is found counts.
            world.nodes().forEach(SimNode::sweep);
            scenario.unfinished(world)
                    .ifPresent(what -> world.violated(Violation.Kind.LIVENESS, "wishes-come-to-an-end", -1, what));
        }
        options.end().accept(world);
        return world;
    }
}
