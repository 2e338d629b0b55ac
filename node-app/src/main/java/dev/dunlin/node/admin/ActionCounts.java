package dev.dunlin.node.admin;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a node, of all machines alike: every action and effect by its type, and what was disabled by the clause. A
 * watcher of the runtime; there are as many counters as there are types and clauses.
 */
public final class ActionCounts implements Consumer<Turn> {

    private final Function<Class<? extends Action>, String> names;
    private final ConcurrentHashMap<Class<? extends Action>, LongAdder> actions = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Disabled, LongAdder> rejections = new ConcurrentHashMap<>();

    private record Disabled(Class<? extends Action> type, String clause) {}

    /** What was disabled, by which clause of its guard. */
    public record Rejected(String type, String clause) implements Comparable<Rejected> {
        @Override
        public int compareTo(Rejected other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : clause.compareTo(other.clause);
        }
    }

    /**
     * Nothing counted yet.
     *
     * @param names the full names of actions, as logs have them
     */
    public ActionCounts(Function<Class<? extends Action>, String> names) {
        this.names = names;
    }

    @Override
    public void accept(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            Class<? extends Action> type = turn.entry(i).getClass();
            Verdict.@Nullable Disabled disabled = turn.rejection(i);
            if (disabled == null) {
                count(actions, type);
            } else {
                count(rejections, new Disabled(type, disabled.clause()));
            }
        }
    }

    private static <K> void count(ConcurrentHashMap<K, LongAdder> counters, K key) {
        LongAdder counter = counters.get(key);
        if (counter == null) {
            counter = counters.computeIfAbsent(key, any -> new LongAdder());
        }
        counter.increment();
    }

    /** How many actions, outcomes and effects there were of each type, those that were disabled left out. */
    public Map<String, Long> actions() {
        Map<String, Long> all = new TreeMap<>();
        actions.forEach((type, count) -> all.put(names.apply(type), count.sum()));
        return all;
    }

    /** How many actions were disabled, by type and clause. */
    public Map<Rejected, Long> rejections() {
        Map<Rejected, Long> all = new TreeMap<>();
        rejections.forEach(
                (what, count) -> all.put(new Rejected(names.apply(what.type()), what.clause()), count.sum()));
        return all;
    }
}
