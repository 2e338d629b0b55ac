package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Two machines made to measure for tests of the store. */
final class Toy {

    static final long BUDGET = 1 << 20;

    private Toy() {}

    /** What a machine remembers: what it reduced, and what is due when. */
    record State(List<String> seen, Table<String, Timer> timers) {
        static final State INITIAL = new State(List.of(), Table.empty());

        State saw(String what) {
            List<String> more = new ArrayList<>(seen);
            more.add(what);
            return new State(List.copyOf(more), timers);
        }

        State due(String timer, long at) {
            return new State(seen, timers.with(timer, new Timer(at)));
        }

        State without(String timer) {
            return new State(seen, timers.without(timer));
        }
    }

    /** Something that is due. */
    record Timer(long at) implements Due {}

    /** The first machine's actions. */
    sealed interface Left extends Action {
        record Say(String text) implements Left {}

        record Want(String text, Ticket ticket) implements Left, Action.Wish {
            @Override
            public Subject about() {
                return Subject.of("want", text);
            }
        }

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

        record Nod() implements Left {}

        record Rang(String timer) implements Left {}
    }

    /** What the first machine tells whoever asked. */
    sealed interface Said extends Outcome {
        record Done(Ticket ticket, String text) implements Said {}
    }

    /** The second machine's actions. */
    sealed interface Right extends Action {
        record Hear(String text) implements Right {}

        record Rung(String timer, long at) implements Right {}
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

    /** The first machine's guards, with that of {@code Say} and that of what is due given. */
    static Guards<Object, State, Left> guards(
            Guards.Clause<Object, State, Left.Say> say, Guards.Clause<Object, State, Left.Rang> rang) {
        return Guards.<Object, State, Left>of()
                .on(Left.Say.class, say)
                .on(
                        Left.Want.class,
                        Clauses.when("is-polite", (own, wish) -> !wish.text().equals("rude"), "text", Left.Want::text))
                .on(
                        Left.Came.class,
                        Clauses.when("is-even", (own, fact) -> fact.handle().number() % 2 == 0))
                .on(
                        Left.Gone.class,
                        Clauses.when("is-even", (own, fact) -> fact.handle().number() % 2 == 0))
                .always(Left.Nod.class)
                .on(Left.Rang.class, rang)
                .build();
    }

    static Guards<Object, State, Left> guards(Guards.Clause<Object, State, Left.Say> say) {
        return guards(
                say, Clauses.when("is-no-taboo", (own, rang) -> !rang.timer().equals("taboo")));
    }

    private static final Guards<Object, State, Left> GUARDS =
            guards(Clauses.when("is-polite", (own, said) -> !said.text().equals("rude"), "text", Left.Say::text));

    static Machine<Object, State, Left> left(Machine.Reducer<State, Left> reducer) {
        return Machine.of("left", State.INITIAL)
                .actions(Left.class, Ask.class, Said.class)
                .guards(GUARDS)
                .reduces(reducer)
                .due(Left.Rang.class, State::timers, Left.Rang::new)
                .phases((own, subject) -> "only")
                .budget(BUDGET);
    }

    static Machine<Object, State, Right> right(Machine.Reducer<State, Right> reducer) {
        return Machine.of("right", State.INITIAL)
                .actions(Right.class)
                .guards(Guards.<Object, State, Right>of()
                        .always(Right.Hear.class)
                        .always(Right.Rung.class)
                        .build())
                .reduces(reducer)
                .due(Right.Rung.class, State::timers, (timer, value) -> new Right.Rung(timer, value.at()))
                .phases((own, subject) -> "only")
                .budget(BUDGET);
    }

    /** A machine that is changed. */
    static <A extends Action> Machine<Object, State, A> with(
            Machine<Object, State, A> machine, UnaryOperator<Machine.Draft<Object, State, A>> change) {
        return change.apply(machine.altered()).budget(BUDGET);
    }

    static Store<Root> store(Machine<Object, State, Left> left, Machine<Object, State, Right> right) {
        return builder(left, right).build();
    }

    static Store.Builder<Root> builder(Machine<Object, State, Left> left, Machine<Object, State, Right> right) {
        return Store.of(Root.INITIAL)
                .mount(left, Root::left, Root::withLeft)
                .mount(right, Root::right, Root::withRight);
    }

    /** Remembers what it reduces, and takes away what was due. */
    static <A extends Action> State remember(State own, A action, Context ctx) {
        State after = own.saw(action.toString());
        return switch (action) {
            case Left.Rang(String timer) -> after.without(timer);
            case Right.Rung(String timer, long _) -> after.without(timer);
            default -> after;
        };
    }

    static NodeAction.Booted booted(long run) {
        return new NodeAction.Booted(run, "test", Table.empty(), 0, 1);
    }
}
