package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each of a machine's declared transitions was taken, each of its actions was enabled, and each clause of its
 * guards held and failed. {@link CoverageReport} writes it to files.
 */
public final class Coverage {

    /** The store's own clause of actions that due entries become. */
    static final String IS_DUE = "is-due";

    private final String machine;
    private final Map<Class<?>, Guard> guards = new LinkedHashMap<>();
    private final Map<Transition, Long> transitions = new LinkedHashMap<>();

    private Coverage(String machine) {
        this.machine = machine;
    }

    /**
     * What became of a clause.
     *
     * @param action the name of the action type that it guards, without its machine
     * @param clause its name
     * @param held how often it held when it was asked
     * @param failed how often it was the one that failed
     */
    public record Clause(String action, String clause, long held, long failed) {}

    // The counts of one action type; a clause after one that failed is not asked.
    private static final class Guard {
        private final String action;
        private final List<String> clauses;
        private final long[] held;
        private final long[] failed;
        private long enabled;

        private Guard(String action, List<String> clauses) {
            this.action = action;
            this.clauses = clauses;
            held = new long[clauses.size()];
            failed = new long[clauses.size()];
        }

        private void see(Verdict.Disabled disabled) {
            int last = clauses.indexOf(disabled.clause());
            for (int i = 0; i < last; i++) {
                held[i]++;
            }
            failed[last]++;
        }

        private void see() {
            enabled++;
            for (int i = 0; i < held.length; i++) {
                held[i]++;
            }
        }
    }

    /** Nothing of a machine is seen yet. */
    public static Coverage of(Machine<?, ?, ?> machine) {
        Coverage coverage = new Coverage(machine.name());
        machine.types().actions().forEach((name, type) -> {
            if (!Effect.class.isAssignableFrom(type) && !Outcome.class.isAssignableFrom(type)) {
                coverage.guards.put(type, new Guard(name, clauses(machine, type)));
            }
        });
        machine.transitions().forEach(transition -> coverage.transitions.put(transition, 0L));
        return coverage;
    }

    // The store itself asks first whether an entry is due.
    private static List<String> clauses(Machine<?, ?, ?> machine, Class<?> type) {
        List<String> clauses = new ArrayList<>();
        if (machine.dues().stream().anyMatch(dues -> dues.action().isAssignableFrom(type))) {
            clauses.add(IS_DUE);
        }
        clauses.addAll(machine.guards().clausesOf(type));
        return clauses;
    }

    /** Sees a turn: the verdicts of this machine's actions in it. */
    public void see(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            Action action = turn.entry(i);
            Guard guard = guards.get(action.getClass());
            if (guard == null) {
                continue;
            }
            Verdict.Disabled disabled = turn.rejection(i);
            if (disabled == null) {
                guard.see();
            } else if (guard.clauses.contains(disabled.clause())) {
                guard.see(disabled);
            }
        }
    }

    /** Sees a transition. */
    public void see(Transition transition) {
        transitions.computeIfPresent(transition, (any, count) -> count + 1);
    }

    /** The machine's name. */
    public String machine() {
        return machine;
    }

    /** How often each declared transition was taken, in the order of declaration. */
    public Map<Transition, Long> transitions() {
        return Collections.unmodifiableMap(transitions);
    }

    /** How often an action of each type was enabled, by its name, in the order of declaration. */
    public Map<String, Long> enabled() {
        Map<String, Long> enabled = new LinkedHashMap<>();
        guards.values().forEach(guard -> enabled.put(guard.action, guard.enabled));
        return enabled;
    }

    /** All clauses, in the order of declaration. */
    public List<Clause> clauses() {
        List<Clause> all = new ArrayList<>();
        for (Guard guard : guards.values()) {
            for (int i = 0; i < guard.held.length; i++) {
                all.add(new Clause(guard.action, guard.clauses.get(i), guard.held[i], guard.failed[i]));
            }
        }
        return all;
    }

    /** What is not seen yet, in words, in the order of declaration. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        enabled().forEach((action, count) -> unless(count, action + " enabled", missing));
        for (Clause clause : clauses()) {
            String name = "the clause " + clause.clause() + " of " + clause.action();
            unless(clause.held(), name + " held", missing);
            unless(clause.failed(), name + " failed", missing);
        }
        transitions.forEach((transition, count) -> unless(count, "the transition " + arrow(transition), missing));
        return missing;
    }

    private static void unless(long count, String what, List<String> missing) {
        if (count == 0) {
            missing.add(what);
        }
    }

    /** How much there is to see: transitions, enabled actions, and each clause both ways. */
    public int total() {
        return transitions.size() + guards.size() + 2 * clauses().size();
    }

    /** Whether all is seen. */
    public boolean isComplete() {
        return missing().isEmpty();
    }

    /** A line of how much is seen, then a line for each thing that is not. */
    public String report() {
        List<String> missing = missing();
        StringBuilder report = new StringBuilder()
                .append(total() - missing.size())
                .append(" of ")
                .append(total())
                .append(" transitions, verdicts and clauses were seen");
        missing.forEach(one -> report.append("\n  never seen: ").append(one));
        return report.toString();
    }

    /** A transition in one line. */
    static String arrow(Transition transition) {
        return transition.from() + " --" + transition.action() + "--> " + transition.to();
    }
}
