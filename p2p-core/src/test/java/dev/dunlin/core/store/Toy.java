package dev.dunlin.core.store;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Two machines made to measure for tests of the store. */
final class Toy {

    private Toy() {}

    /** What a machine remembers: what it reduced, and when it wants a tick. */
    record State(List<String> seen, long deadline) {
        static final State INITIAL = new State(List.of(), Deadlines.NEVER);

        State saw(String what) {
            List<String> more = new ArrayList<>(seen);
            more.add(what);
            return new State(List.copyOf(more), deadline);
        }

        State due(long at) {
            return new State(seen, at);
        }
    }

    /** The first machine's actions. */
    sealed interface Left extends Action {
        record Say(String text) implements Left {}

        record Came(Handle handle) implements Left, Action.BringsHandle {
            @Override
            public Handle brought() {
                return handle;
            }
        }

        record Gone(Handle handle) implements Left, Action.EndsHandle {
            @Override
            public Handle ended() {
                return handle;
            }
        }

        record Tick() implements Left {}
    }

    /** The second machine's actions. */
    sealed interface Right extends Action {
        record Hear(String text) implements Right {}

        record Tick() implements Right {}
    }

    /** What the first machine asks. */
    sealed interface Ask extends Effect {
        record Fetch(String what) implements Ask, Effect.Request {}

        record Keep(String what) implements Ask, Effect.Fire, Effect.Durable {}
    }

    /** An action and effects that no machine mounts. */
    record Stranger() implements Action {}

    record StrangeEffect() implements Effect, Effect.Fire {}

    /** The root. */
    record Root(State left, State right) {
        static final Root INITIAL = new Root(State.INITIAL, State.INITIAL);

        Root withLeft(State changed) {
            return new Root(changed, right);
        }

        Root withRight(State changed) {
            return new Root(left, changed);
        }
    }

    @FunctionalInterface
    interface Reducer<A> {
        State reduce(State own, A action, Context ctx);
    }

    static Machine<Left> left(Reducer<Left> reducer) {
        return new Machine<>(
                "left",
                Left.class,
                leftTypes().build(),
                Guards.<Object, State, Left>of()
                        .on(
                                Left.Say.class,
                                Guards.clause(
                                        "is-polite",
                                        (view, own, action, now) ->
                                                !action.text().equals("rude"),
                                        (view, own, action, now) -> List.of(Operand.of("text", action.text()))))
                        .on(
                                Left.Came.class,
                                Guards.clause(
                                        "is-even",
                                        (view, own, action, now) ->
                                                action.handle().number() % 2 == 0))
                        .on(
                                Left.Gone.class,
                                Guards.clause(
                                        "is-even",
                                        (view, own, action, now) ->
                                                action.handle().number() % 2 == 0))
                        .always(Left.Tick.class)
                        .build(),
                reducer,
                Optional.of(new Left.Tick()),
                State::deadline,
                List.of(),
                List.of(),
                List.of());
    }

    static TypeTable.Builder leftTypes() {
        return TypeTable.of("left")
                .action("say", Left.Say.class)
                .action("came", Left.Came.class)
                .action("gone", Left.Gone.class)
                .action("tick", Left.Tick.class)
                .action("fetch", Ask.Fetch.class)
                .action("keep", Ask.Keep.class);
    }

    static Machine<Right> right(Reducer<Right> reducer) {
        return new Machine<>(
                "right",
                Right.class,
                rightTypes().build(),
                Guards.<Object, State, Right>of()
                        .always(Right.Hear.class)
                        .always(Right.Tick.class)
                        .build(),
                reducer,
                Optional.of(new Right.Tick()),
                State::deadline,
                List.of(),
                List.of(),
                List.of());
    }

    static TypeTable.Builder rightTypes() {
        return TypeTable.of("right").action("hear", Right.Hear.class).action("tick", Right.Tick.class);
    }

    static Store<Root> store(Machine<Left> left, Machine<Right> right) {
        return builder(left, right).build();
    }

    static Store.Builder<Root> builder(Slice<Object, State, Left> left, Slice<Object, State, Right> right) {
        return Store.of(Root.INITIAL)
                .mount(left, Root::left, Root::withLeft)
                .mount(right, Root::right, Root::withRight);
    }

    /** Remembers what it reduces, and does nothing else. */
    static <A> State remember(State own, A action, Context ctx) {
        return own.saw(action.toString());
    }

    static NodeAction.Booted booted(long run) {
        return new NodeAction.Booted(run, "test", Table.empty(), 0, 1);
    }

    /** A machine whose every part is given. */
    record Machine<A extends Action>(
            String name,
            Class<A> actions,
            TypeTable types,
            Guards<Object, State, A> guards,
            Reducer<A> reducer,
            Optional<A> tick,
            ToLongFunction<State> deadline,
            List<On<?, ? extends A>> observes,
            List<Transition> transitions,
            List<Invariant<State>> invariants)
            implements Slice<Object, State, A> {

        Machine<A> observing(List<On<?, ? extends A>> other) {
            return new Machine<>(name, actions, types, guards, reducer, tick, deadline, other, transitions, invariants);
        }

        Machine<A> guarding(Guards<Object, State, A> other) {
            return new Machine<>(
                    name, actions, types, other, reducer, tick, deadline, observes, transitions, invariants);
        }

        Machine<A> naming(TypeTable other) {
            return new Machine<>(
                    name, actions, other, guards, reducer, tick, deadline, observes, transitions, invariants);
        }

        Machine<A> ticking(Optional<A> other) {
            return new Machine<>(
                    name, actions, types, guards, reducer, other, deadline, observes, transitions, invariants);
        }

        Machine<A> due(ToLongFunction<State> other) {
            return new Machine<>(name, actions, types, guards, reducer, tick, other, observes, transitions, invariants);
        }

        Machine<A> declaring(List<Transition> other) {
            return new Machine<>(name, actions, types, guards, reducer, tick, deadline, observes, other, invariants);
        }

        Machine<A> holding(Invariant<State> other) {
            return new Machine<>(
                    name, actions, types, guards, reducer, tick, deadline, observes, transitions, List.of(other));
        }

        @Override
        public Class<State> state() {
            return State.class;
        }

        @Override
        public State initial() {
            return State.INITIAL;
        }

        @Override
        public State reduce(State own, A action, Context ctx) {
            return reducer.reduce(own, action, ctx);
        }

        @Override
        public long nextDeadline(State own) {
            return deadline.applyAsLong(own);
        }

        @Override
        public String phase(State own, Subject subject) {
            return "only";
        }

        @Override
        public Subject about(A action) {
            return Subject.MACHINE;
        }

        @Override
        public long byteBudget() {
            return 1 << 20;
        }
    }
}
