package dev.dunlin.core.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The enabling conditions of one machine: for every action type an explicit, ordered list of named clauses. The
 * first clause that fails disables the action and gives its name and operands; when all hold, the reducer may rely on
 * them and repeats none.
 *
 * @param <V> what of the root the guards may see
 * @param <S> the machine's own state
 * @param <A> its actions
 */
public final class Guards<V, S, A extends Action> {

    private final Map<Class<?>, List<Clause<V, S, ? extends A>>> clauses;

    // Lookup only, never iterated: the order of a hash map must not be seen.
    private final Map<Class<?>, Clause<V, S, A>[]> fast;

    private Guards(Map<Class<?>, List<Clause<V, S, ? extends A>>> clauses, Map<Class<?>, Clause<V, S, A>[]> fast) {
        this.clauses = clauses;
        this.fast = fast;
    }

    /** Whether a clause holds. */
    @FunctionalInterface
    public interface Test<V, S, A> {
        /** Whether it holds of the view, the own state, the action and the node's time (microseconds). */
        boolean holds(V view, S own, A action, long now);

        /** As above, where the wall time (microseconds since the Unix epoch) is known, too. */
        default boolean holds(V view, S own, A action, long now, long wallTime) {
            return holds(view, own, action, now);
        }
    }

    /** Whether a clause holds that asks the wall clock: for what other machines say the time of, such as an expiry. */
    @FunctionalInterface
    public interface WallTest<S, A> {
        /** Whether it holds of the own state, the action and the wall time (microseconds since the Unix epoch). */
        boolean holds(S own, A action, long wallTime);
    }

    /** What a failed clause looked at. */
    @FunctionalInterface
    public interface Operands<V, S, A> {
        /** The operands, for a reader of the log. */
        List<Operand> of(V view, S own, A action, long now);
    }

    /**
     * A named condition.
     *
     * @param name in kebab case, said positively: what holds when the action is enabled
     * @param test whether it holds
     * @param operands what it looked at, asked only when it failed
     */
    public record Clause<V, S, A>(
            String name,
            Test<? super V, ? super S, ? super A> test,
            Operands<? super V, ? super S, ? super A> operands) {}

    /** A condition and what it looks at. */
    public static <V, S, A> Clause<V, S, A> clause(String name, Test<V, S, A> test, Operands<V, S, A> operands) {
        return new Clause<>(name, test, operands);
    }

    /** A condition whose name says all. */
    public static <V, S, A> Clause<V, S, A> clause(String name, Test<V, S, A> test) {
        return new Clause<>(name, test, (view, own, action, now) -> List.of());
    }

    /** A condition that asks the wall clock as {@link Context#wallTime} has it. */
    public static <V, S, A> Clause<V, S, A> wallClause(String name, WallTest<S, A> test) {
        return clause(name, new Test<>() {
            @Override
            public boolean holds(V view, S own, A action, long now) {
                return test.holds(own, action, now);
            }

            @Override
            public boolean holds(V view, S own, A action, long now, long wallTime) {
                return test.holds(own, action, wallTime);
            }
        });
    }

    /** Starts the list. */
    public static <V, S, A extends Action> Builder<V, S, A> of() {
        return new Builder<>();
    }

    /** Whether an action is enabled, and if not, why; where the wall clock goes with the node's time. */
    public Verdict ask(V view, S own, A action, long now) {
        return ask(of(action.getClass()), view, own, action, now, now);
    }

    /** The clauses of an action type. */
    Clause<V, S, A>[] of(Class<?> type) {
        Clause<V, S, A>[] all = fast.get(type);
        if (all == null) {
            throw new IllegalStateException(type.getName() + " has no guard");
        }
        return all;
    }

    /** As {@link #ask(Object, Object, Action, long)}, of clauses that were looked up before. */
    static <V, S, A> Verdict ask(Clause<V, S, A>[] all, V view, S own, A action, long now, long wallTime) {
        for (Clause<V, S, A> clause : all) {
            if (!clause.test().holds(view, own, action, now, wallTime)) {
                return new Verdict.Disabled(clause.name(), clause.operands().of(view, own, action, now));
            }
        }
        return Verdict.ENABLED;
    }

    /** These guards with one action type always enabled: to see that a test notices. */
    public Guards<V, S, A> lifted(Class<? extends A> type) {
        Builder<V, S, A> builder = of();
        clauses.forEach((each, all) -> builder.put(each, each == type ? List.of() : all));
        return builder.build();
    }

    /** Whether an action type has its guard. */
    public boolean covers(Class<?> type) {
        return clauses.containsKey(type);
    }

    /** The action types that have a guard, in the order of their registration. */
    public Set<Class<?>> types() {
        return clauses.keySet();
    }

    /** The names of an action type's clauses, in the order they are asked. */
    public List<String> clausesOf(Class<?> type) {
        List<Clause<V, S, ? extends A>> all = clauses.get(type);
        return all == null ? List.of() : all.stream().map(Clause::name).toList();
    }

    /** Collects the clauses of each action type. */
    public static final class Builder<V, S, A extends Action> {
        private final Map<Class<?>, List<Clause<V, S, ? extends A>>> clauses = new LinkedHashMap<>();

        private Builder() {}

        /** The clauses of an action type, asked in this order. */
        @SafeVarargs
        public final <B extends A> Builder<V, S, A> on(
                Class<B> type, Clause<V, S, ? super B> first, Clause<V, S, ? super B>... more) {
            List<Clause<V, S, ? super B>> all = new ArrayList<>();
            all.add(first);
            all.addAll(List.of(more));
            @SuppressWarnings({"unchecked", "rawtypes"})
            List<Clause<V, S, ? extends A>> copy = (List) List.copyOf(all);
            put(type, copy);
            return this;
        }

        /** An action type that is always enabled. */
        public Builder<V, S, A> always(Class<? extends A> type) {
            put(type, List.of());
            return this;
        }

        private void put(Class<?> type, List<Clause<V, S, ? extends A>> all) {
            if (all.stream().map(Clause::name).distinct().count() < all.size()) {
                throw new IllegalArgumentException("two clauses of " + type.getName() + " have one name");
            }
            if (clauses.put(type, all) != null) {
                throw new IllegalArgumentException(type.getName() + " has two guards");
            }
        }

        /** The guards. */
        @SuppressWarnings("unchecked")
        public Guards<V, S, A> build() {
            Map<Class<?>, Clause<V, S, A>[]> fast = new HashMap<>();
            clauses.forEach((type, all) -> fast.put(type, all.toArray(new @Nullable Clause[0])));
            return new Guards<>(Collections.unmodifiableMap(new LinkedHashMap<>(clauses)), fast);
        }
    }
}
