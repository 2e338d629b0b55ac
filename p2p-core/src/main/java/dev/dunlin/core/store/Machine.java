package dev.dunlin.core.store;

import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.OpenUnion;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One state machine, to be mounted on a store: the single registration of its state, types, guards, reducer, what is due,
 * observers, transitions and bounds. It reads as a table of contents:
 *
 * <pre>{@code
 * static final Machine<Object, DoorState, DoorAction> DOOR = Machine.of("door", DoorState.INITIAL)
 *         .actions(DoorAction.class, DoorEffect.class, DoorOutcome.class)
 *         .boots((own, booted, ctx) -> own.closed())
 *         .guards(DoorGuards.ALL)
 *         .reduces(DoorReducer::reduce)
 *         .due(DoorAction.Waited.class, DoorState::doors, DoorAction.Waited::new)
 *         .on(BellRang.class, bell -> bell.atDoor(), bell -> new DoorAction.Open(bell.door()))
 *         .onOutcome(KeyFound.class, (ticket, found) -> new DoorAction.Unlock(ticket.key()))
 *         .transitions("""
 *                 closed > open: open
 *                 open > closed: waited, booted""")
 *         .phases(DoorState::phaseOf)
 *         .budget(4_096);
 * }</pre>
 *
 * <p>Types are named after their records ({@link dev.dunlin.core.state.Names}).
 *
 * @param <V> what of the root its guards may see, beside its own state
 * @param <S> its state: a record, serialisable, of bounded size
 * @param <A> its actions: a sealed interface of records
 */
public final class Machine<V, S, A extends Action> {

    private final String name;
    private final S initial;
    private final Class<A> actions;
    private final TypeTable types;
    private final Draft<V, S, A> draft;
    private final List<Dues<S, ?, ?, A>> dues;
    private final List<On<?, ? extends A>> observers;

    private Machine(Draft<V, S, A> draft) {
        this.draft = draft;
        this.name = draft.name;
        this.initial = draft.initial;
        this.actions = draft.actions;
        this.dues = List.copyOf(draft.dues);
        this.observers = List.copyOf(draft.observers);
        this.types = TypeDiscovery.table(
                draft.name,
                draft.actions,
                draft.others,
                draft.initial.getClass(),
                draft.unions,
                draft.evolution,
                draft.texts);
    }

    /** The state after an enabled action. Pure and total: it never throws; throwing is a bug that stops the store. */
    @FunctionalInterface
    public interface Reducer<S, A> {
        /** The state after; what else is to happen goes to the context. */
        S reduce(S own, A action, Context ctx);
    }

    /** What of the state survives a boot. */
    @FunctionalInterface
    public interface Boot<S> {
        /**
         * The state after: without handles, and without what services were asked in the last run. What fans out over a table
         * makes its entries due, and is never one action an entry.
         */
        S boot(S own, NodeAction.Booted booted, Context ctx);
    }

    /**
     * Something that a machine brings and the store does not look at, such as what can be asked of it while a node runs.
     *
     * @param <V> what of the root it sees
     * @param <S> the machine's state
     */
    public interface Facet<V, S> {}

    /** What becomes of the state when the configuration changes while the node runs. Pure and total. */
    @FunctionalInterface
    public interface Configured<S> {
        /**
         * The state after.
         *
         * @param config the whole configuration, recorded values by key
         * @param now the node's time, microseconds
         */
        S configured(S own, Table<String, String> config, long now);
    }

    /**
     * Starts a machine.
     *
     * @param name in camel case: the first part of its types' names
     * @param initial the state before the first boot
     */
    public static <S> Start<S> of(String name, S initial) {
        return new Start<>(name, initial);
    }

    /** A machine that has a name and a state, and no types yet. */
    public record Start<S>(String name, S initial) {

        /**
         * The types of its actions, and of the effects and outcomes that it has.
         *
         * @param actions a sealed interface of records
         * @param others sealed interfaces of {@link Effect}s or {@link Outcome}s
         */
        @SafeVarargs
        public final <A extends Action> Draft<Object, S, A> actions(
                Class<A> actions, Class<? extends Action>... others) {
            return new Draft<>(name, initial, actions, List.of(others));
        }
    }

    /** Collects what a machine is made of. */
    public static final class Draft<V, S, A extends Action> {
        private final String name;
        private final S initial;
        private final Class<A> actions;
        private final List<Class<? extends Action>> others;
        private final List<Consumer<TypeTable.Builder>> evolution = new ArrayList<>();
        private final List<Dues<S, ?, ?, A>> dues = new ArrayList<>();
        private final List<On<?, ? extends A>> observers = new ArrayList<>();
        private final List<TextType<?>> texts = new ArrayList<>();
        private final Map<Class<?>, List<? extends Class<?>>> unions = new LinkedHashMap<>();
        private Guards<V, S, A> guards = Guards.<V, S, A>of().build();
        private Reducer<S, A> reducer = (own, action, ctx) -> own;
        private Settings settings = Settings.NONE;
        private Boot<S> boot = (own, booted, ctx) -> own;
        private Optional<Configured<S>> configures = Optional.empty();
        private List<Facet<V, S>> facets = List.of();
        private List<Transition> transitions = List.of();
        private BiFunction<S, Subject, String> phases = (own, subject) -> "";
        private List<Invariant<S>> invariants = List.of();
        private Function<S, ? extends Iterable<Handle>> handles = own -> List.of();
        private long budget;

        private Draft(String name, S initial, Class<A> actions, List<Class<? extends Action>> others) {
            this.name = name;
            this.initial = initial;
            this.actions = actions;
            this.others = others;
        }

        private Draft(Draft<V, S, A> of) {
            this.name = of.name;
            this.initial = of.initial;
            this.actions = of.actions;
            this.others = of.others;
            this.evolution.addAll(of.evolution);
            this.dues.addAll(of.dues);
            this.observers.addAll(of.observers);
            this.texts.addAll(of.texts);
            this.unions.putAll(of.unions);
            this.guards = of.guards;
            this.reducer = of.reducer;
            this.settings = of.settings;
            this.boot = of.boot;
            this.configures = of.configures;
            this.facets = of.facets;
            this.transitions = of.transitions;
            this.phases = of.phases;
            this.invariants = of.invariants;
            this.handles = of.handles;
            this.budget = of.budget;
        }

        /** What it reads of the configuration that a boot tells; by default nothing. */
        public Draft<V, S, A> settings(Settings all) {
            settings = all;
            return this;
        }

        /** What of the state survives a boot; by default all. */
        public Draft<V, S, A> boots(Boot<S> how) {
            boot = how;
            return this;
        }

        /**
         * The state under another configuration, while the node runs; by default the same. A change after which an invariant
         * would not hold is refused by the store, so this need not check what is in use; what it can make fit, it may.
         *
         */
        public Draft<V, S, A> configures(Configured<S> how) {
            configures = Optional.of(how);
            return this;
        }

        /** The enabling conditions, one explicit entry for each action type. */
        @SuppressWarnings("unchecked") // nothing else here looks at the view
        public <W> Draft<W, S, A> guards(Guards<W, S, A> all) {
            Draft<W, S, A> seeing = (Draft<W, S, A>) this;
            seeing.guards = all;
            return seeing;
        }

        /** The state after an enabled action. */
        public Draft<V, S, A> reduces(Reducer<S, A> how) {
            reducer = how;
            return this;
        }

        /** A table whose values may be {@link dev.dunlin.core.state.Due}, and what a due entry becomes. */
        public <K extends Comparable<? super K>, T, B extends A> Draft<V, S, A> due(
                Class<B> action, Function<? super S, Table<K, T>> table, Function<? super K, ? extends B> as) {
            return due(action, table, (key, value) -> as.apply(key));
        }

        /** As above, where the action tells of the value, too. The action may be one of several of a sealed interface. */
        public <K extends Comparable<? super K>, T, B extends A> Draft<V, S, A> due(
                Class<B> action,
                Function<? super S, Table<K, T>> table,
                BiFunction<? super K, ? super T, ? extends B> as) {
            dues.add(new Dues<>(action, table, as));
            return this;
        }

        /** Another machine's fact becomes an action of this one, after its owner has reduced it. */
        public <F extends Action> Draft<V, S, A> on(Class<F> fact, Function<? super F, ? extends A> as) {
            return on(fact, any -> true, as);
        }

        /** As above, of those facts that matter; nothing is made of the others. */
        public <F extends Action> Draft<V, S, A> on(
                Class<F> fact, Predicate<? super F> matters, Function<? super F, ? extends A> as) {
            observers.add(new On<>(fact, matters, as));
            return this;
        }

        /** The outcome of what this machine has asked another becomes an action of this one. */
        public <F extends Action.Ticketed> Draft<V, S, A> onOutcome(
                Class<F> outcome, BiFunction<Ticket, ? super F, ? extends A> as) {
            return on(outcome, fact -> fact.ticket().isOf(name), fact -> as.apply(fact.ticket(), fact));
        }

        /** What else it brings, for parts of a program that look for it. Say it after {@link #guards}, which say what of the root is seen. */
        @SafeVarargs
        public final Draft<V, S, A> brings(Facet<V, S>... all) {
            facets = List.of(all);
            return this;
        }

        /** Every arrow of its state diagram, as {@link Transition#parse} reads it. */
        public Draft<V, S, A> transitions(String text) {
            transitions = Transition.parse(text);
            return this;
        }

        /** The phase of a subject, as the diagram names it. */
        public Draft<V, S, A> phases(BiFunction<S, Subject, String> how) {
            phases = how;
            return this;
        }

        /** What always holds. */
        public Draft<V, S, A> invariants(List<Invariant<S>> all) {
            invariants = List.copyOf(all);
            return this;
        }

        /** The handles to things open in the world that a state holds. */
        public Draft<V, S, A> handles(Function<S, ? extends Iterable<Handle>> held) {
            handles = held;
            return this;
        }

        /** A value type of this machine that is written as one text, also where it is the key of a table. */
        public Draft<V, S, A> text(TextType<?> type) {
            texts.add(type);
            return this;
        }

        /**
         * What there may be where its types have an open union.
         *
         * @param union an interface with {@link OpenUnion}
         * @param types records of it, or sealed interfaces of such; names are those of {@link dev.dunlin.core.state.Names}
         * @throws IllegalArgumentException if the interface is no open union
         */
        public <T> Draft<V, S, A> union(Class<T> union, List<? extends Class<? extends T>> types) {
            if (!union.isAnnotationPresent(OpenUnion.class)) {
                throw new IllegalArgumentException(union.getName() + " is no open union: annotate it with @OpenUnion");
            }
            unions.put(union, List.copyOf(types));
            return this;
        }

        /** What stands for a field that logs before its time do not have; as {@link TypeTable.Builder#defaulted}. */
        public Draft<V, S, A> defaulted(String type, String field, String json) {
            evolution.add(table -> table.defaulted(type, field, json));
            return this;
        }

        /** An action's former name, under which older logs have it. */
        public Draft<V, S, A> renamed(String formerName, String present) {
            evolution.add(table -> table.renamed(formerName, present));
            return this;
        }

        /**
         * A field's former name, under which older logs have it.
         *
         * @param type as for {@link #defaulted}
         */
        public Draft<V, S, A> renamedField(String type, String formerName, String present) {
            evolution.add(table -> table.renamedField(type, formerName, present));
            return this;
        }

        /**
         * The machine.
         *
         * @param bytes the most bytes that the state's canonical content may have, whatever the world does: kept by guards, and
         *     checked by an {@link Audit}
         */
        public Machine<V, S, A> budget(long bytes) {
            budget = bytes;
            return new Machine<>(new Draft<>(this));
        }
    }

    /** A draft of what this is, to be changed: for tests, which plant bugs. End it with {@link Draft#budget}. */
    public Draft<V, S, A> altered() {
        return new Draft<>(draft);
    }

    /** This with another reducer. */
    public Machine<V, S, A> reducing(Reducer<S, A> how) {
        return altered().reduces(how).budget(draft.budget);
    }

    /** This with other guards. */
    public Machine<V, S, A> guarding(Guards<V, S, A> other) {
        return altered().guards(other).budget(draft.budget);
    }

    /** This with other things that it brings beside. */
    @SafeVarargs
    public final Machine<V, S, A> bringing(Facet<V, S>... all) {
        return altered().brings(all).budget(draft.budget);
    }

    /** Its name, in camel case: the first part of its types' names. */
    public String name() {
        return name;
    }

    /** The sealed interface of its actions. */
    public Class<A> actions() {
        return actions;
    }

    /** The type of its state. */
    @SuppressWarnings("unchecked") // the class of a value of S
    public Class<S> state() {
        return (Class<S>) initial.getClass();
    }

    /** The names of its actions, effects and outcomes, and of the alternatives inside them and its state. */
    public TypeTable types() {
        return types;
    }

    /** The state before the first boot. */
    public S initial() {
        return initial;
    }

    /** The enabling conditions, one explicit entry for each action type. */
    public Guards<V, S, A> guards() {
        return draft.guards;
    }

    /** The state after an enabled action. */
    public S reduce(S own, A action, Context ctx) {
        return draft.reducer.reduce(own, action, ctx);
    }

    /** What it reads of the configuration. */
    public Settings settings() {
        return draft.settings;
    }

    /** What of a state survives a boot. */
    public S boot(S own, NodeAction.Booted booted, Context ctx) {
        return draft.boot.boot(own, booted, ctx);
    }

    /** The state under another configuration; as {@link Configured}. */
    public S configured(S own, Table<String, String> config, long now) {
        return draft.configures.map(how -> how.configured(own, config, now)).orElse(own);
    }

    /** Whether its state follows a change of the configuration while the node runs. */
    boolean reconfigures() {
        return draft.configures.isPresent();
    }

    /** The tables whose entries may be due. */
    public List<Dues<S, ?, ?, A>> dues() {
        return dues;
    }

    /** Other machines' facts that it makes its own actions of. */
    public List<On<?, ? extends A>> observes() {
        return observers;
    }

    /** Every arrow of its state diagram. */
    public List<Transition> transitions() {
        return draft.transitions;
    }

    /** The phase of a subject, as the diagram names it. */
    public String phase(S own, Subject subject) {
        return draft.phases.apply(own, subject);
    }

    /** What else it brings. */
    public List<Facet<V, S>> facets() {
        return draft.facets;
    }

    /** What always holds. */
    public List<Invariant<S>> invariants() {
        return draft.invariants;
    }

    /** The handles to things open in the world that a state holds. */
    public Iterable<Handle> handles(S own) {
        return draft.handles.apply(own);
    }

    /** The most bytes that the state's canonical content may have, whatever the world does; an {@link Audit} checks it. */
    public long byteBudget() {
        return draft.budget;
    }
}
