package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is due: when it is dealt out, in which order, how much of it at once, and that it moves on. */
class StoreDueTest {

    private static final Input TICK = Input.of(new NodeAction.Tick());
    private static final Verdict.Disabled NOT_DUE = new Verdict.Disabled("is-due", List.of());
    private static final Machine<Object, State, Left> LEFT = Toy.left(Toy::remember);
    private static final Machine<Object, State, Right> RIGHT = Toy.right(Toy::remember);

    // "a@30 b@20" puts two timers.
    private static State timers(String text) {
        State state = State.INITIAL;
        for (String timer : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            String[] parts = timer.split("@", -1);
            state = state.due(parts[0], parts[1].equals("never") ? Due.NEVER : Long.parseLong(parts[1]));
        }
        return state;
    }

    private static Store<Root> at(Store<Root> store, State left, State right) {
        store.restore(new StoreState<>(0, 0, NodeState.INITIAL, new Root(left, right)));
        return store;
    }

    private static Store<Root> store(String left, String right) {
        return at(Toy.store(LEFT, RIGHT), timers(left), timers(right));
    }

    private static List<String> dealt(Turn turn) {
        List<String> dealt = new ArrayList<>();
        for (int i = 1; i < turn.size(); i++) {
            dealt.add(
                    switch (turn.entry(i)) {
                        case Left.Rang(String timer) -> timer;
                        case Right.Rung(String timer, long at) -> timer + "@" + at;
                        default -> turn.entry(i).toString();
                    });
        }
        return dealt;
    }

    @Test
    void theTickIsDueWhenTheFirstEntryOfAnyMachineIs() {
        Store<Root> store = store("a@30 b@never", "c@20");
        assertThat(store.nextDeadline()).isEqualTo(20);
        assertThat(store.dueTick(19)).isEmpty();
        assertThat(store.dueTick(20)).contains(TICK);
        assertThat(dealt(store.apply(TICK, 20))).containsExactly("c@20");
        assertThat(store.nextDeadline()).isEqualTo(30);
        assertThat(dealt(store.apply(TICK, 30))).containsExactly("a");
        assertThat(store.nextDeadline()).isEqualTo(Due.NEVER);
        assertThat(store.dueTick(Long.MAX_VALUE - 1)).isEmpty();
        assertThat(store.state().root().left().timers().has("b")).isTrue();
    }

    @Test
    void aTickBeforeItsTimeDoesNothing() {
        Store<Root> store = store("a@30", "");
        Root before = store.state().root();
        Turn early = store.apply(TICK, 29);
        assertThat(early.size()).isEqualTo(1);
        assertThat(early.rejection(0)).isNull();
        assertThat(early.changed()).isEmpty();
        assertThat(store.state().root()).isSameAs(before);
        assertThat(store.nextDeadline()).isEqualTo(30);
    }

    @Test
    void theMachineThatWaitsLongestComesFirstThenTimeThenKey() {
        assertThat(dealt(store("a@30 b@20 z@41", "e@20 d@20 c@10 y@50").apply(TICK, 40)))
                .containsExactly("c@10", "d@20", "e@20", "b", "a");
        assertThat(dealt(store("b@20 a@30", "c@20").apply(TICK, 40)))
                .as("equally long: in mounting order")
                .containsExactly("b", "a", "c@20");
    }

    @Test
    void tablesOfOneMachineThatWaitEquallyLongComeInTheOrderOfTheirRegistration() {
        Machine<Object, State, Left> two = Toy.with(
                LEFT, left -> left.due(Left.Rang.class, own -> own.timers(), timer -> new Left.Rang("again " + timer)));
        Turn turn = at(Toy.store(two, RIGHT), timers("a@1 b@2"), State.INITIAL).apply(TICK, 5);
        assertThat(dealt(turn)).containsExactly("a", "b", "again a", "again b");
        assertThat(turn.rejection(3)).as("moved on by then").isEqualTo(NOT_DUE);
    }

    /** Of two tables of one machine one: the timers whose names begin with a to m, or the others. */
    private static Table<String, Toy.Timer> half(State own, boolean first) {
        Table<String, Toy.Timer> half = Table.empty();
        for (Map.Entry<String, Toy.Timer> timer : own.timers()) {
            if (timer.getKey().charAt(0) < 'n' == first) {
                half = half.with(timer.getKey(), timer.getValue());
            }
        }
        return half;
    }

    private static Store<Root> halves(Machine.Reducer<State, Left> reducer, State left) {
        Machine<Object, State, Left> first = Machine.of("left", State.INITIAL)
                .actions(Left.class, Toy.Ask.class, Toy.Said.class)
                .guards(LEFT.guards())
                .reduces(reducer)
                .due(Left.Rang.class, own -> half(own, true), Left.Rang::new)
                .due(Left.Rang.class, own -> half(own, false), Left.Rang::new)
                .budget(Toy.BUDGET);
        return at(Toy.store(first, RIGHT), left, State.INITIAL);
    }

    @Test
    void theTableOfAMachineThatWaitsLongestComesFirst() {
        assertThat(dealt(halves(Toy::remember, timers("a@3 b@4 x@2 y@5")).apply(TICK, 5)))
                .containsExactly("x", "y", "a", "b");
        assertThat(dealt(halves(Toy::remember, timers("a@2 b@4 x@3 y@5")).apply(TICK, 5)))
                .containsExactly("a", "b", "x", "y");
    }

    /** A table that is full of work at every tick leaves the others theirs. */
    @Test
    void aTableThatIsAlwaysBusyStarvesNoOtherOfItsMachine() {
        Machine.Reducer<State, Left> busy = (own, action, ctx) -> action instanceof Left.Rang(String timer)
                ? timer.startsWith("a")
                        ? own.due(timer, ctx.now() + 1)
                        : own.saw(timer).without(timer)
                : own;
        State state = many("a", 100, 10).due("x", 5).due("z", 12);
        Store<Root> store = halves(busy, state);
        for (long at = 10; at < 30; at += 2) {
            store.apply(store.dueTick(at).orElseThrow(), at);
        }
        assertThat(store.state().root().left().seen()).containsExactly("x", "z");
    }

    private static State many(String prefix, int count, long at) {
        State state = State.INITIAL;
        for (int i = 0; i < count; i++) {
            state = state.due(prefix + (100 + i), at);
        }
        return state;
    }

    @Test
    void oneTickDealsOutSixtyFourAndTheRestWaits() {
        Store<Root> store = at(Toy.store(LEFT, RIGHT), many("l", 60, 7), many("r", 100, 5));
        Turn first = store.apply(TICK, 10);
        assertThat(dealt(first)).hasSize(64).allMatch(timer -> timer.startsWith("r"));
        assertThat(store.dueTick(10)).contains(TICK);
        assertThat(dealt(store.apply(TICK, 10)))
                .hasSize(64)
                .startsWith("r164@5")
                .contains("r199@5", "l100", "l127")
                .doesNotContain("l128");
        assertThat(dealt(store.apply(TICK, 10))).hasSize(32);
        assertThat(store.dueTick(10)).isEmpty();
    }

    @Test
    void theCauseIsTheTick() {
        Turn turn = store("a@1", "").apply(TICK, 5);
        assertThat(turn.cause(1)).isEqualTo(turn.id(0));
        assertThat(turn.rejection(1)).isNull();
    }

    @Test
    void anEntryThatAnEarlierActionMovedIsDueNoMore() {
        for (String what : List.of("later", "away")) {
            Machine<Object, State, Left> moving = Toy.left((own, action, ctx) -> {
                if (action instanceof Left.Rang(String timer)) {
                    State after = own.saw(timer).without(timer);
                    return timer.equals("a") ? (what.equals("away") ? after.without("b") : after.due("b", 9)) : after;
                }
                return own;
            });
            Store<Root> store = at(Toy.store(moving, RIGHT), timers("a@1 b@2 c@3"), State.INITIAL);
            Turn turn = store.apply(TICK, 5);
            assertThat(dealt(turn)).containsExactly("a", "b", "c");
            assertThat(turn.rejection(1)).isNull();
            assertThat(turn.rejection(2)).isEqualTo(NOT_DUE);
            assertThat(turn.rejection(3)).isNull();
            assertThat(store.state().root().left().seen()).containsExactly("a", "c");
            assertThat(store.nextDeadline()).isEqualTo(what.equals("away") ? Due.NEVER : 9);
        }
    }

    @Test
    void nobodyElseSaysWhatIsDue() {
        Store<Root> store = store("a@1", "");
        assertThat(store.whyNoInput(new Left.Say("x"))).isEmpty();
        assertThat(store.whyNoInput(new Left.Rang("a"))).isPresent();
        assertThat(store.apply(Input.of(new Left.Rang("a")), 5).rejection(0))
                .as("an input")
                .isEqualTo(NOT_DUE);
        Machine<Object, State, Left> meddling = Toy.left((own, action, ctx) -> {
            if (action instanceof Left.Say || action instanceof Left.Rang(String timer) && timer.equals("a")) {
                ctx.then(new Left.Rang("b"));
                ctx.then(new Left.Rang("z"));
            }
            return Toy.remember(own, action, ctx);
        });
        Store<Root> other = at(Toy.store(meddling, RIGHT), timers("a@1 b@2 z@9"), State.INITIAL);
        Turn said = other.apply(Input.of(new Left.Say("x")), 5);
        assertThat(said.rejection(1)).as("dispatched").isEqualTo(NOT_DUE);
        Turn tick = other.apply(TICK, 5);
        assertThat(dealt(tick)).containsExactly("a", "b", "b", "z");
        assertThat(tick.rejection(2)).isNull();
        assertThat(tick.rejection(3)).as("dispatched in the tick").isEqualTo(NOT_DUE);
        assertThat(tick.rejection(4)).isEqualTo(NOT_DUE);
    }

    @Test
    void theGuardIsAskedAfterIsDue() {
        Machine<Object, State, Left> strict = LEFT.guarding(Toy.guards(
                Clauses.when("any", (own, said) -> true),
                Clauses.when("is-even", (own, rang) -> own.seen().size() % 2 == 0)));
        Turn turn = at(Toy.store(strict, RIGHT), timers("a@1"), State.INITIAL).apply(TICK, 5);
        assertThat(turn.rejection(1)).isNull();
        assertThat(Toy.store(strict, RIGHT)
                        .apply(Input.of(new Left.Rang("a")), 5)
                        .rejection(0))
                .isEqualTo(NOT_DUE);
    }

    private static void fails(Machine<Object, State, Left> left, String timers, String message) {
        Store<Root> store = at(Toy.store(left, RIGHT), timers(timers), State.INITIAL);
        StoreState<Root> before = store.state();
        assertThatThrownBy(() -> store.apply(TICK, 5))
                .isInstanceOfSatisfying(
                        StoreFailure.class,
                        failure -> assertThat(failure.at().index()).isPositive())
                .hasMessageContaining(message);
        assertThat(store.state()).isSameAs(before);
    }

    @Test
    void anEntryThatIsNotMovedOnStopsTheStoreWhichNamesIt() {
        fails(
                Toy.left((own, action, ctx) -> own),
                "a@1",
                "step 1.1: left/rang failed: java.lang.IllegalStateException: the entry a of the machine left is due at 5 and was "
                        + "not moved on by its action");
        fails(
                Toy.left((own, action, ctx) -> action instanceof Left.Rang(String timer) && timer.equals("b")
                        ? own.due("b", 5)
                        : Toy.remember(own, action, ctx)),
                "a@1 b@2 c@3",
                "step 1.2: left/rang failed: java.lang.IllegalStateException: the entry b of the machine left");
    }

    @Test
    void anEntryWhoseActionIsDisabledStopsTheStoreWhichSaysTheClause() {
        fails(
                LEFT,
                "a@1 taboo@2",
                "the entry taboo of the machine left is due at 5 and was not moved on by its action, which was disabled: "
                        + "Disabled[clause=is-no-taboo");
    }

    @Test
    void aMachineThatMakesNewEntriesDueForEverStopsTheStore() {
        Store<Root> store = at(
                Toy.store(
                        Toy.left((own, action, ctx) -> action instanceof Left.Rang(String timer)
                                ? own.without(timer).due(timer.equals("a") ? "b" : "a", 5)
                                : own),
                        RIGHT),
                timers("a@1"),
                State.INITIAL);
        for (int i = 0; i < Store.MAX_TICKS; i++) {
            store.apply(TICK, 5);
        }
        assertThatThrownBy(() -> store.apply(TICK, 5))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("after 1048577 ticks at 5 something is still due at 5");
    }

    @Test
    void anEntryThatEarlierActionsKeepDueIsDealtOutOnce() {
        // a's action puts b anew, at another time that has come, too: b is still due and b's action, which tells
        // nothing
        // of the time, moves it on.
        Machine<Object, State, Left> renewing = Toy.left((own, action, ctx) -> {
            State after = Toy.remember(own, action, ctx);
            return action instanceof Left.Rang(String timer) && timer.equals("a") ? after.due("b", 4) : after;
        });
        Store<Root> store = at(Toy.store(renewing, RIGHT), timers("a@1 b@2"), State.INITIAL);
        Turn turn = store.apply(TICK, 5);
        assertThat(dealt(turn)).containsExactly("a", "b");
        assertThat(turn.rejection(2)).isNull();
        assertThat(store.dueTick(5)).isEmpty();
    }

    /** What was found of b is no more when its turn comes: it is dealt out again as it is now. */
    @Test
    void nobodyIsToldOfAValueThatWasReplaced() {
        Machine<Object, State, Right> renewing = Toy.right((own, action, ctx) -> {
            State after = Toy.remember(own, action, ctx);
            return action instanceof Right.Rung(String timer, long _) && timer.equals("a") ? after.due("b", 4) : after;
        });
        Store<Root> store = at(Toy.store(LEFT, renewing), State.INITIAL, timers("a@1 b@2"));
        Turn turn = store.apply(TICK, 5);
        assertThat(dealt(turn)).containsExactly("a@1", "b@2");
        assertThat(turn.rejection(2)).as("b, which is due at 4 by now").isEqualTo(NOT_DUE);
        assertThat(store.state().root().right().timers().at("b")).isEqualTo(new Toy.Timer(4));
        assertThat(store.dueTick(5)).contains(TICK);
        Turn next = store.apply(TICK, 5);
        assertThat(dealt(next)).containsExactly("b@4");
        assertThat(next.rejection(1)).isNull();
        assertThat(store.state().root().right().seen()).containsExactly("Rung[timer=a, at=1]", "Rung[timer=b, at=4]");
        assertThat(store.dueTick(5)).isEmpty();
    }
}
