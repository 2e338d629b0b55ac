package dev.dunlin.core.operate;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * What can be asked of a node: of its machines, all that they declare, and of the program, what it adds. Immutable; any thread may use it.
 *
 * @param <R> the root of the state tree
 */
public final class Registry<R> {

    private final List<Offered<R, ?, ?, ?>> operations;
    private final List<Measured<R, ?, ?>> metrics;
    private final List<Looked<R, ?, ?>> checks;

    private Registry(
            List<Offered<R, ?, ?, ?>> operations, List<Measured<R, ?, ?>> metrics, List<Looked<R, ?, ?>> checks) {
        this.operations = List.copyOf(operations);
        this.metrics = List.copyOf(metrics);
        this.checks = List.copyOf(checks);
        Set<String> taken = new HashSet<>();
        for (Offered<R, ?, ?, ?> one : operations) {
            taken("name", one.operation().name(), taken);
            String method = one.operation() instanceof Operation.Query<?, ?, ?> ? "GET " : "POST ";
            taken("path", method + one.operation().path().replaceAll("\\{[^}]*}", "{}"), taken);
        }
        metrics.forEach(
                one -> taken("metric", one.name().toLowerCase(Locale.ROOT).replaceAll("_total$", ""), taken));
        checks.forEach(one -> taken("check", one.name(), taken));
    }

    private static void taken(String what, String name, Set<String> names) {
        if (!names.add(what + " " + name)) {
            throw new IllegalArgumentException("two operations have the " + what + " " + name + ": rename one");
        }
    }

    /**
     * Looks at a moment of a node.
     *
     * @param <R> the root
     */
    @FunctionalInterface
    public interface Look<R, V, S> {
        /** The moment as an operation sees it. */
        At<V, S> at(StoreState<R> state, LongFunction<String> clock);
    }

    /**
     * A question or an order of a node.
     *
     * @param owner the machine's name, or that of the part of the program
     */
    public record Offered<R, V, S, A extends Record>(String owner, Operation<V, S, A> operation, Look<R, V, S> look) {

        /**
         * Answers a question.
         *
         * @throws NoAnswerException if there is none
         * @throws IllegalStateException if this is an order
         */
        public A answer(StoreState<R> state, Arguments given, LongFunction<String> clock) {
            return switch (operation) {
                case Operation.Query<V, S, A> query -> query.reading().apply(look.at(state, clock), given);
                case Operation.Order<V, S, A> order -> throw new IllegalStateException(order.name() + " is an order");
            };
        }

        /** An answer for people; it is one of this operation's. */
        public List<String> text(Record answer) {
            return operation.text().apply(operation.answers().cast(answer));
        }
    }

    /** A metric of a node. */
    public record Measured<R, V, S>(String owner, Metric<V, S> metric, Look<R, V, S> look) {

        /** Its whole name, without a suffix. */
        public String name() {
            return owner + "_" + metric.name();
        }

        /** Its values, by label. */
        public Map<String, ? extends Number> read(StoreState<R> state) {
            try {
                return metric.read().apply(look.at(state, Long::toString));
            } catch (RuntimeException | StackOverflowError | LinkageError bug) {
                // One that cannot be read takes no other with it: it is missing.
                return Map.of();
            }
        }
    }

    /** A check of a node. */
    public record Looked<R, V, S>(String owner, Check<V, S> check, Look<R, V, S> look) {

        /** Its whole name. */
        public String name() {
            return owner + "/" + check.name();
        }

        /** How it is. */
        public Health now(StoreState<R> state, LongFunction<String> clock) {
            Health health;
            try {
                health = check.look().apply(look.at(state, clock));
            } catch (RuntimeException | StackOverflowError | LinkageError bug) {
                health = null;
            }
            return health != null
                    ? health
                    : Health.warn("the look at it failed, which is a bug of " + owner, "report it to its author");
        }
    }

    /** What the machines of a store offer. */
    public static <R> Registry<R> of(Store<R> store) {
        Registry<R> all = new Registry<>(List.of(), List.of(), List.of());
        Store<R> own = store.another();
        for (Machine<? super R, ?, ?> machine : store.machines()) {
            all = all.withMachine(machine, own);
        }
        return all;
    }

    private <V, S> Registry<R> withMachine(Machine<V, S, ?> machine, Store<R> store) {
        @SuppressWarnings("unchecked") // the root is a V, as it was mounted so, and the state is the machine's
        Look<R, V, S> look = (state, clock) -> new At<>(
                (V) state.root(),
                machine.state()
                        .cast(Objects.requireNonNull(store.statesOf(state).get(machine.name()))),
                state.node(),
                state.input(),
                state.now(),
                clock);
        Registry<R> all = this;
        for (Machine.Facet<V, S> facet : machine.facets()) {
            if (facet instanceof Operations<V, S> operations) {
                all = all.and(machine.name(), operations, look);
            }
        }
        return all;
    }

    /** These and others. */
    public <V, S> Registry<R> and(String owner, Operations<V, S> more, Look<R, V, S> look) {
        List<Offered<R, ?, ?, ?>> offered = new ArrayList<>(operations);
        more.operations().forEach(one -> offered.add(offered(owner, one, look)));
        List<Measured<R, ?, ?>> measured = new ArrayList<>(metrics);
        more.metrics().forEach(one -> measured.add(new Measured<>(owner, one, look)));
        List<Looked<R, ?, ?>> looked = new ArrayList<>(checks);
        more.checks().forEach(one -> looked.add(new Looked<>(owner, one, look)));
        return new Registry<>(offered, measured, looked);
    }

    private static <R, V, S, A extends Record> Offered<R, V, S, A> offered(
            String owner, Operation<V, S, A> operation, Look<R, V, S> look) {
        return new Offered<>(owner, operation, look);
    }

    /** Questions and orders. */
    public List<Offered<R, ?, ?, ?>> operations() {
        return operations;
    }

    /** The question or order of a name. */
    public Optional<Offered<R, ?, ?, ?>> find(String name) {
        return first(one -> one.operation().name().equals(name));
    }

    private Optional<Offered<R, ?, ?, ?>> first(Function<Offered<R, ?, ?, ?>, Boolean> wanted) {
        for (Offered<R, ?, ?, ?> one : operations) {
            if (wanted.apply(one)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** Metrics. */
    public List<Measured<R, ?, ?>> metrics() {
        return metrics;
    }

    /** Checks. */
    public List<Looked<R, ?, ?>> checks() {
        return checks;
    }
}
