package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.Refusals;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a run, the time, and what is on its way. Events of one moment happen in the order in which they were made.
 * One thread drives it.
 *
 * @param <R> the root of a node's state tree
 */
public final class World<R> {

    /** When time begins: 2026-01-01T00:00:00Z, in microseconds since the Unix epoch. */
    public static final long BEGINNING = 1_767_225_600_000_000L;

    private final Plan plan;
    private final Scenario<R> scenario;
    private final Store<R> prototype;
    private final EventQueue events = new EventQueue();
    private final List<SimNode<R>> nodes = new ArrayList<>();
    private final Set<Wire> wires = new LinkedHashSet<>();
    private final Weather weather;
    private final Scenario.Services<R> services;
    private final List<WorldCheck<R>> checks;
    private final Refusals refusals = new Refusals();
    private final boolean watchful;
    private final boolean holdsDurable;

    private long now;
    private long happened;

    private long inputs;
    private long actions;
    private long rejections;
    private long crashes;
    private @Nullable Violation violation;
    private @Nullable EffectHandlers handlers;

    World(Scenario<R> scenario, Plan plan, RunOptions options, boolean holdsDurable) {
        this.scenario = scenario;
        this.prototype = scenario.store();
        this.plan = plan;
        this.weather = new Weather(plan);
        this.watchful = options.audits();
        this.holdsDurable = holdsDurable;
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(new SimNode<>(this, i, options.records().contains(i)));
        }
        this.services = scenario.services(this);
        this.checks = watchful ? List.copyOf(scenario.checks(this)) : List.of();
        for (int i = 0; i < plan.nodes(); i++) {
            if (plan.absent().contains(i)) {
                continue;
            }
            SimNode<R> node = nodes.get(i);
            if (plan.byzantine().contains(i)) {
                int number = i;
                at(0, () -> services.beginByzantine(number));
            } else {
                at(0, node::boot);
            }
        }
        plan.faults().forEach(this::arm);
        wish(plan.wishes().stream().sorted(Comparator.comparingLong(Wish::at)).iterator());
        for (Misdeed misdeed : plan.misdeeds()) {
            at(misdeed.at(), () -> services.misbehave(misdeed.node(), misdeed.deed()));
        }
    }

    // One after the other, so that what is to happen soon is not looked for among what is to happen at last.
    private void wish(Iterator<Wish> wishes) {
        if (wishes.hasNext()) {
            Wish next = wishes.next();
            at(next.at(), () -> {
                nodes.get(next.node()).wish(next.action());
                wish(wishes);
            });
        }
    }

    private void arm(Fault fault) {
        switch (fault) {
            case Fault.Crash crash ->
                at(crash.at(), () -> nodes.get(crash.node()).crash(crash));
            case Fault.Cut cut ->
                at(cut.at(), () -> {
                    for (Wire wire : List.copyOf(wires)) {
                        if ((wire.node(0) == cut.one() && wire.node(1) == cut.other())
                                || (wire.node(1) == cut.one() && wire.node(0) == cut.other())) {
                            wire.breakNow();
                        }
                    }
                });
            case Fault.Slow slow -> {
                at(slow.at(), () -> slow(slow.node()));
                at(slow.until(), () -> slow(slow.node()));
            }
            case Fault.ClockStep step ->
                at(step.at(), () -> nodes.get(step.node()).stepClock(step.by()));
            case Fault.Skew skew -> nodes.get(skew.node()).clock(new SimClock(skew.skew(), skew.drift()));
            case Fault.Partition _, Fault.Stall _ -> {
                // The weather knows when messages pass.
            }
        }
    }

    // As slow as the slowest of what slows it down now.
    private void slow(int node) {
        long each = 0;
        for (Fault fault : plan.faults()) {
            if (fault instanceof Fault.Slow slow && slow.node() == node && slow.at() <= now && now < slow.until()) {
                each = Math.max(each, slow.each());
            }
        }
        nodes.get(node).slow(each);
    }

    /** What is run. */
    public Plan plan() {
        return plan;
    }

    Scenario<R> scenario() {
        return scenario;
    }

    /** A store for a node's first boot. */
    Store<R> newStore() {
        return prototype.another();
    }

    /** Handlers for a node's effects, none given yet; all nodes share what is the same for all. */
    EffectHandlers newHandlers(Store<R> store) {
        EffectHandlers first = handlers;
        if (first == null) {
            first = EffectHandlers.of(store);
            handlers = first;
            return first;
        }
        return first.another();
    }

    /** The services of this world. */
    public Scenario.Services<R> services() {
        return services;
    }

    /** True time, microseconds after the beginning. */
    public long now() {
        return now;
    }

    /** The nodes, by number; those that are byzantine or absent never boot. */
    public List<SimNode<R>> nodes() {
        return nodes;
    }

    /** Has something happen at a time, which is not before now. */
    public void at(long time, Runnable happens) {
        events.add(Math.max(time, now), happens);
    }

    /** Has something happen after so many microseconds. */
    public void after(long delay, Runnable happens) {
        at(now + delay, happens);
    }

    /** Makes a connection between two nodes, which are up. */
    public Wire wire(int from, int to, Wire.Ends ends) {
        // What is drawn for one must not depend on other nodes' connections, or nothing could be left out of a plan
        // without
        // changing everything after it.
        Wire wire = new Wire(this, from, to, nodes.get(from).nextWire(), ends);
        wires.add(wire);
        return wire;
    }

    /** How many connections there are: nothing of those that were is kept. */
    int wires() {
        return wires.size();
    }

    void forget(Wire wire) {
        wires.remove(wire);
    }

    /** How many microseconds a message of no length takes from one node to another, jitter apart. */
    public long latency(int from, int to) {
        return weather.latency(from, to);
    }

    /** Whether nothing passes from one node to another now. */
    public boolean blocked(int from, int to) {
        return weather.opens(from, to, now) > now;
    }

    /** When messages from one node to another pass again, or might; now if they do. */
    public long opens(int from, int to) {
        return weather.opens(from, to, now);
    }

    /** Random numbers of some keys in this run. */
    public SimRandom random(long... keys) {
        long[] all = new long[keys.length + 1];
        all[0] = plan.seed();
        System.arraycopy(keys, 0, all, 1, keys.length);
        return SimRandom.of(all);
    }

    /** Something is found wrong; the first counts, and ends the run. */
    public void violated(Violation.Kind kind, String name, int node, String why) {
        if (violation == null) {
            long input = node < 0 ? 0 : nodes.get(node).input();
            violation = new Violation(kind, name, node, input, now, why);
        }
    }

    /** What was found wrong so far. */
    public Optional<Violation> violation() {
        return Optional.ofNullable(violation);
    }

    void crashed() {
        crashes++;
    }

    /** What a node's door lets in. */
    Budgets budgets() {
        return scenario.budgets();
    }

    /** How much new work all nodes have refused, by reason. */
    public Refusals refusals() {
        return refusals;
    }

    boolean watchful() {
        return watchful;
    }

    /** Whether durable effects wait for the disk; tests that plant a bug say no. */
    boolean holdsDurable() {
        return holdsDurable;
    }

    void turned(SimNode<R> node, Turn turn) {
        inputs++;
        actions += turn.size();
        for (int i = 0; i < turn.size(); i++) {
            if (turn.rejection(i) != null) {
                rejections++;
            }
        }
        for (WorldCheck<R> check : checks) {
            check.after(node, turn).ifPresent(why -> violated(Violation.Kind.SAFETY, check.name(), node.number(), why));
        }
    }

    /** Lets everything happen up to a time, microseconds after the beginning, or until something is found wrong. */
    void runTo(long end, RunOptions options) {
        while (violation == null) {
            if (events.isEmpty() || events.time() > end) {
                now = Math.max(now, end);
                return;
            }
            now = events.time();
            Runnable next = events.remove();
            happened++;
            if ((happened & 0xFFFF) == 0) {
                options.progress().accept(this);
            }
            happen(next);
        }
    }

    private void happen(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | AssertionError thrown) {
            violated(Violation.Kind.CRASH, "no-service-throws", -1, "an event of the world threw " + thrown);
        }
    }

    /** How many events have happened. */
    public long happened() {
        return happened;
    }

    /** How many inputs all nodes took. */
    public long inputs() {
        return inputs;
    }

    Outcome outcome() {
        Hasher hasher = new Hasher();
        for (SimNode<R> node : nodes) {
            hasher.putDigest(node.trace());
        }
        hasher.putLong(happened);
        Digest digest = hasher.finish();
        return new Outcome(
                plan,
                Optional.ofNullable(violation),
                digest,
                happened,
                inputs,
                actions,
                rejections,
                refusals.total(),
                crashes,
                now);
    }
}
