package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which of a slice's declared transitions were taken, and which of its guards' clauses were seen true and false. */
public final class Coverage {

    private final Map<Class<?>, String> names = new LinkedHashMap<>();
    private final Map<Class<?>, List<String>> clauses = new LinkedHashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private int total;

    private Coverage() {}

    /** Nothing of a slice is seen yet. */
    public static Coverage of(Slice<?, ?, ?> slice) {
        Coverage coverage = new Coverage();
        slice.types().actions().forEach((name, type) -> {
            if (!Effect.class.isAssignableFrom(type)) {
                coverage.names.put(type, name);
                coverage.clauses.put(type, slice.guards().clausesOf(type));
                coverage.missing.add(enabled(name));
                for (String clause : coverage.clauses.getOrDefault(type, List.of())) {
                    coverage.missing.add(clause(name, clause, true));
                    coverage.missing.add(clause(name, clause, false));
                }
            }
        });
        slice.transitions().forEach(transition -> coverage.missing.add(arrow(transition)));
        coverage.total = coverage.missing.size();
        return coverage;
    }

    /** Sees a turn: the verdicts of this slice's actions in it. */
    public void see(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            Action action = turn.entry(i);
            String name = names.get(action.getClass());
            if (name == null) {
                continue;
            }
            Verdict.Disabled disabled = turn.rejection(i);
            for (String clause : clauses.getOrDefault(action.getClass(), List.of())) {
                boolean failed = disabled != null && disabled.clause().equals(clause);
                missing.remove(clause(name, clause, !failed));
                if (failed) {
                    break;
                }
            }
            if (disabled == null) {
                missing.remove(enabled(name));
            }
        }
    }

    /** Sees a transition. */
    public void see(Transition transition) {
        missing.remove(arrow(transition));
    }

    /** What is not seen yet, in words, in the order of declaration. */
    public List<String> missing() {
        return new ArrayList<>(missing);
    }

    /** Whether all is seen. */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /** A line of how much is seen, then a line for each thing that is not. */
    public String report() {
        StringBuilder report = new StringBuilder()
                .append(total - missing.size())
                .append(" of ")
                .append(total)
                .append(" transitions, verdicts and clauses were seen");
        missing.forEach(one -> report.append("\n  never seen: ").append(one));
        return report.toString();
    }

    private static String enabled(String name) {
        return name + " enabled";
    }

    private static String clause(String name, String clause, boolean held) {
        return "the clause " + clause + " of " + name + (held ? " held" : " failed");
    }

    private static String arrow(Transition transition) {
        return "the transition " + transition.from() + " --" + transition.action() + "--> " + transition.to();
    }
}
