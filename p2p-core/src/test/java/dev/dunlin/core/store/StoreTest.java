package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeState.Holding;
import dev.dunlin.core.store.Toy.Ask;
import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class StoreTest {

    private static final Machine<Object, State, Left> LEFT = Toy.left(Toy::remember);
    private static final Machine<Object, State, Right> RIGHT = Toy.right(Toy::remember);

    private static Input say(String text) {
        return Input.of(new Left.Say(text));
    }

    private static List<String> entries(Turn turn) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            entries.add(turn.id(i) + " by " + turn.cause(i) + " " + turn.entry(i));
        }
        return entries;
    }

    @Test
    void isFirstInFirstOutWithoutRecursion() {
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    if (action instanceof Left.Say(String text) && text.length() < 3) {
                        ctx.then(new Left.Say(text + "a"));
                        ctx.then(new Left.Say(text + "b"));
                    }
                    return own.saw(action.toString());
                }),
                RIGHT);
        Turn turn = store.apply(say("x"), 5);
        assertThat(entries(turn))
                .containsExactly(
                        "1.0 by 0.0 Say[text=x]",
                        "1.1 by 1.0 Say[text=xa]",
                        "1.2 by 1.0 Say[text=xb]",
                        "1.3 by 1.1 Say[text=xaa]",
                        "1.4 by 1.1 Say[text=xab]",
                        "1.5 by 1.2 Say[text=xba]",
                        "1.6 by 1.2 Say[text=xbb]");
        assertThat(store.state().root().left().seen())
                .containsExactly(
                        "Say[text=x]",
                        "Say[text=xa]",
                        "Say[text=xb]",
                        "Say[text=xaa]",
                        "Say[text=xab]",
                        "Say[text=xba]",
                        "Say[text=xbb]");
    }

    @Test
    void dispatchedActionsSeeTheStateThatTheReducerReturned() {
        List<Integer> sizes = new ArrayList<>();
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    sizes.add(own.seen().size());
                    if (own.seen().isEmpty()) {
                        ctx.then(new Left.Say("again"));
                    }
                    return own.saw("once");
                }),
                RIGHT);
        store.apply(say("x"), 5);
        assertThat(sizes).containsExactly(0, 1);
    }

    @Test
    void theGuardIsAskedWhenTheActionLeavesTheQueue() {
        // Enabled when dispatched, disabled when its turn comes: the state has moved on in between.
        Guards<Object, State, Left> once = Toy.guards(
                Clauses.when("said-at-most-twice", (own, said) -> own.seen().size() < 2));
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                            ctx.then(new Left.Say("one"));
                            ctx.then(new Left.Say("two"));
                            return own.saw("x");
                        })
                        .guarding(once),
                RIGHT);
        Turn turn = store.apply(say("x"), 5);
        assertThat(turn.size()).isEqualTo(5);
        assertThat(turn.rejection(1)).isNull();
        assertThat(turn.rejection(2)).isEqualTo(new Verdict.Disabled("said-at-most-twice", List.of()));
    }

    private static boolean isX(Left.Say said) {
        return said.text().equals("x");
    }

    private static Machine<Object, State, Right> hearing() {
        return Toy.with(RIGHT, right -> right.on(Left.Say.class, said -> new Right.Hear(said.text())));
    }

    @Test
    void theOwnersDispatchesComeBeforeTheObserversInMountingOrder() {
        Machine<Object, State, Left> left = Toy.left((own, action, ctx) -> {
            if (action instanceof Left.Say(String text) && text.equals("x")) {
                ctx.then(new Right.Hear("dispatched"));
            }
            return own.saw(action.toString());
        });
        Store<Root> store = Toy.store(
                Toy.with(
                        left,
                        draft -> draft.on(Right.Hear.class, heard -> new Left.Say("left observed " + heard.text()))),
                Toy.with(
                        RIGHT,
                        draft -> draft.on(Left.Say.class, StoreTest::isX, said -> new Right.Hear("first"))
                                .on(Left.Say.class, StoreTest::isX, said -> new Right.Hear("second"))));
        assertThat(entries(store.apply(say("x"), 5)))
                .containsExactly(
                        "1.0 by 0.0 Say[text=x]",
                        "1.1 by 1.0 Hear[text=dispatched]",
                        "1.2 by 1.0 Hear[text=first]",
                        "1.3 by 1.0 Hear[text=second]",
                        "1.4 by 1.1 Say[text=left observed dispatched]",
                        "1.5 by 1.2 Say[text=left observed first]",
                        "1.6 by 1.3 Say[text=left observed second]");
    }

    @Test
    void observersDoNotSeeWhatWasDisabled() {
        Store<Root> store = Toy.store(LEFT, hearing());
        assertThat(store.apply(say("rude"), 5).size()).isEqualTo(1);
        assertThat(store.apply(say("kind"), 5).size()).isEqualTo(2);
    }

    @Test
    void observersOfOneFactComeInTheOrderOfMounting() {
        Machine<Object, State, Right> right =
                Toy.with(RIGHT, draft -> draft.on(NodeAction.Booted.class, booted -> new Right.Hear("boot")));
        Machine<Object, State, Left> left =
                Toy.with(LEFT, draft -> draft.on(NodeAction.Booted.class, booted -> new Left.Say("boot")));
        Store<Root> rightFirst = Store.of(Root.INITIAL)
                .mount(right, Root::right, Root::withRight)
                .mount(left, Root::left, Root::withLeft)
                .build();
        assertThat(entries(rightFirst.apply(Input.of(Toy.booted(1)), 5)).subList(1, 3))
                .containsExactly("1.1 by 1.0 Hear[text=boot]", "1.2 by 1.0 Say[text=boot]");
        assertThat(entries(Toy.store(left, right).apply(Input.of(Toy.booted(1)), 5))
                        .subList(1, 3))
                .containsExactly("1.1 by 1.0 Say[text=boot]", "1.2 by 1.0 Hear[text=boot]");
    }

    @Test
    void effectsGetTheirIdAndAreNotReduced() {
        List<ActionId> ids = new ArrayList<>();
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    ids.add(ctx.id());
                    ids.add(ctx.effect(new Ask.Fetch("a")));
                    ids.add(ctx.effect(new Ask.Fetch("b")));
                    return own.saw("x");
                }),
                RIGHT);
        Turn turn = store.apply(say("x"), 5);
        assertThat(ids).containsExactly(new ActionId(1, 0), new ActionId(1, 1), new ActionId(1, 2));
        assertThat(turn.effects())
                .containsExactly(
                        new Turn.Emitted(new ActionId(1, 1), new Ask.Fetch("a")),
                        new Turn.Emitted(new ActionId(1, 2), new Ask.Fetch("b")));
        assertThat(turn.durable()).isFalse();
        assertThat(store.state().root().left().seen()).containsExactly("x");
    }

    @Test
    void oneDurableEffectMakesTheTurnDurableAndNotTheNext() {
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    if (own.seen().isEmpty()) {
                        ctx.effect(new Ask.Keep("vote"));
                    }
                    return own.saw("x");
                }),
                RIGHT);
        assertThat(store.apply(say("x"), 5).durable()).isTrue();
        assertThat(store.apply(say("x"), 5).durable()).isFalse();
    }

    @Test
    void anAnswerIsCausedByTheEffectItAnswers() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        ActionId asked = new ActionId(3, 2);
        assertThat(store.apply(new Input(new Left.Say("x"), asked), 5).cause(0)).isEqualTo(asked);
        assertThat(store.apply(say("x"), 5).cause(0).isNone()).isTrue();
    }

    @Test
    void aDisabledInputChangesNothingButTheCount() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        StoreState<Root> before = store.state();
        Turn turn = store.apply(say("rude"), 5);
        assertThat(turn.rejection(0))
                .isEqualTo(new Verdict.Disabled("is-polite", List.of(new Operand("text", "rude"))));
        assertThat(turn.changed()).isEmpty();
        assertThat(turn.derived()).isEqualTo(Digest.ZERO);
        assertThat(store.state().root()).isSameAs(before.root());
        assertThat(store.state().node()).isSameAs(before.node());
        assertThat(store.state().input()).isEqualTo(1);
        assertThat(store.state().now()).isEqualTo(5);
    }

    @Test
    void tellsWhatChangedInMountingOrder() {
        Store<Root> store = Toy.store(LEFT, hearing());
        Root before = store.state().root();
        assertThat(store.apply(say("x"), 5).changed())
                .containsExactly(
                        new Turn.Changed(
                                "left", before.left(), store.state().root().left()),
                        new Turn.Changed(
                                "right", before.right(), store.state().root().right()));
    }

    @Test
    void theDerivedDigestCoversActionsOrderCausesAndVerdicts() {
        List<Digest> digests = new ArrayList<>();
        for (String text : List.of("a", "b", "rude", "ab", "ba")) {
            Store<Root> store = Toy.store(
                    Toy.left((own, action, ctx) -> {
                        if (own.seen().isEmpty()) {
                            text.chars()
                                    .forEach(unit -> ctx.then(
                                            new Left.Say(text.equals("rude") ? text : Character.toString(unit))));
                        }
                        return own.saw("x");
                    }),
                    RIGHT);
            digests.add(store.apply(say("x"), 5).derived());
        }
        assertThat(digests).doesNotHaveDuplicates().doesNotContain(Digest.ZERO);
    }

    // Handles

    private static final Handle EVEN = new Handle("socket", 1, 2);
    private static final Handle ODD = new Handle("socket", 1, 3);

    @Test
    void aHandleIsHeldFromItsFactToItsEnd() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        Turn came = store.apply(Input.of(new Left.Came(EVEN)), 5);
        assertThat(store.state().node().handles()).isEqualTo(Table.of(EVEN, Holding.STATE));
        assertThat(came.changed()).extracting(Turn.Changed::machine).containsExactly("node", "left");
        assertThat(came.effects()).isEmpty();
        store.apply(Input.of(new Left.Gone(EVEN)), 5);
        assertThat(store.state().node().handles()).isEqualTo(Table.empty());
    }

    @Test
    void aHandleWhoseFactIsDisabledIsClosed() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        Turn came = store.apply(Input.of(new Left.Came(ODD)), 5);
        assertThat(came.rejection(0)).isEqualTo(new Verdict.Disabled("is-even", List.of()));
        assertThat(came.effects())
                .containsExactly(new Turn.Emitted(new ActionId(2, 1), new NodeEffect.CloseHandle(ODD)));
        assertThat(came.cause(1)).isEqualTo(new ActionId(2, 0));
        assertThat(store.state().node().handles()).isEqualTo(Table.of(ODD, Holding.ORPHAN));
        Turn gone = store.apply(Input.of(new Left.Gone(ODD)), 5);
        assertThat(gone.rejection(0)).isEqualTo(new Verdict.Disabled("is-even", List.of()));
        assertThat(store.state().node().handles()).isEqualTo(Table.empty());
    }

    @Test
    void aHandleThatIsToldTwiceIsNotClosedBehindTheStatesBack() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        store.apply(Input.of(new Left.Came(ODD)), 5);
        Turn again = store.apply(Input.of(new Left.Came(ODD)), 5);
        assertThat(again.rejection(0)).isEqualTo(new Verdict.Disabled("is-even", List.of()));
        assertThat(again.effects()).isEmpty();
        assertThat(store.state().node().handles()).isEqualTo(Table.of(ODD, Holding.ORPHAN));
    }

    /** The world says itself when a thing is closed. Seen to fail without {@code current == 0} in {@code track}. */
    @Test
    void anEndThatAMachineMakesReleasesNoHandle() {
        Machine<Object, State, Left> ending = Toy.left((own, action, ctx) -> {
            if (action instanceof Left.Say) {
                ctx.then(new Left.Gone(EVEN));
                ctx.then(new Left.Gone(ODD));
            }
            return Toy.remember(own, action, ctx);
        });
        Store<Root> store = Toy.store(ending, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        store.apply(Input.of(new Left.Came(EVEN)), 5);
        store.apply(Input.of(new Left.Came(ODD)), 5);
        Table<Handle, Holding> both = Table.of(EVEN, Holding.STATE).with(ODD, Holding.ORPHAN);
        Turn said = store.apply(say("x"), 5);
        assertThat(said.size()).isEqualTo(3);
        assertThat(said.rejection(1)).as("an enabled end").isNull();
        assertThat(said.rejection(2)).as("a disabled one").isNotNull();
        assertThat(store.state().node().handles()).isEqualTo(both);
        store.apply(Input.of(new Left.Gone(EVEN)), 5);
        store.apply(Input.of(new Left.Gone(ODD)), 5);
        assertThat(store.state().node().handles()).as("the world's own").isEqualTo(Table.empty());
    }

    @Test
    void aBootForgetsTheHandlesOfTheLastRun() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        store.apply(Input.of(new Left.Came(EVEN)), 5);
        store.apply(Input.of(Toy.booted(2)), 5);
        assertThat(store.state().node().handles()).isEqualTo(Table.empty());
        assertThat(store.state().node().run()).isEqualTo(2);
    }

    @Test
    void aBootIsOfTheNextRun() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        assertThat(store.apply(Input.of(Toy.booted(2)), 5).rejection(0))
                .isEqualTo(new Verdict.Disabled(
                        "run-is-the-next", List.of(new Operand("run", "2"), new Operand("last", "0"))));
        assertThat(store.apply(Input.of(new NodeAction.ClockStepped(1, 1)), 5).rejection(0))
                .isEqualTo(new Verdict.Disabled("has-booted", List.of()));
        assertThat(store.apply(Input.of(Toy.booted(1)), 5).rejection(0)).isNull();
        assertThat(store.apply(Input.of(new NodeAction.ClockStepped(1, 1)), 5).rejection(0))
                .isNull();
    }

    // Failures

    private static void failsWith(Store<Root> store, Input input, String message) {
        store.apply(say("rude"), 3);
        StoreState<Root> before = store.state();
        long deadline = store.nextDeadline();
        StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> store.apply(input, 5));
        assertThat(failure).isNotNull().hasMessageContaining(message);
        assertThat(failure.input()).isEqualTo(input);
        assertThat(failure.number()).isEqualTo(before.input() + 1);
        assertThat(failure.now()).isEqualTo(5);
        assertThat(failure.at().input()).isEqualTo(before.input() + 1);
        assertThat(store.state()).isSameAs(before);
        assertThat(store.nextDeadline()).isEqualTo(deadline);
        assertThatThrownBy(() -> store.apply(say("x"), 6))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store has failed and takes no more inputs");
        store.restore(before);
        assertThat(store.apply(say("rude"), 6).number()).isEqualTo(before.input() + 1);
        assertThat(store.state().root()).isSameAs(before.root());
    }

    // The first action changes the state, the second one fails: nothing of either may stay.
    private static Machine<Object, State, Left> failing(RuntimeException with) {
        return Toy.left((own, action, ctx) -> {
            if (own.seen().isEmpty()) {
                ctx.then(new Left.Say("then"));
                return own.saw("x");
            }
            throw with;
        });
    }

    @Test
    void aReducerThatThrowsStopsTheStore() {
        failsWith(
                Toy.store(failing(new IllegalStateException("bug")), RIGHT),
                say("x"),
                "step 2.1: left/say failed: java.lang.IllegalStateException: bug");
    }

    @Test
    void anErrorStopsTheStoreToo() {
        failsWith(
                Toy.store(
                        Toy.left((own, action, ctx) -> {
                            throw new AssertionError("bug");
                        }),
                        RIGHT),
                say("x"),
                "step 2.0: left/say failed: java.lang.AssertionError: bug");
    }

    private static int endless(int depth) {
        return depth < 0 ? 0 : endless(depth + 1) + 1;
    }

    @Test
    void anEndlessRecursionStopsTheStore() {
        failsWith(
                Toy.store(Toy.left((own, action, ctx) -> own.due("t", endless(0))), RIGHT),
                say("x"),
                "StackOverflowError");
    }

    @Test
    void aGuardThatThrowsStopsTheStore() {
        Guards<Object, State, Left> guards = Toy.guards(Clauses.when("throws", (own, said) -> {
            if (said.text().equals("rude")) {
                return false;
            }
            throw new IllegalStateException("guard");
        }));
        failsWith(
                Toy.store(LEFT.guarding(guards), RIGHT),
                say("x"),
                "left/say failed: java.lang.IllegalStateException: guard");
    }

    @Test
    void anObserverThatThrowsStopsTheStore() {
        failsWith(
                Toy.store(
                        LEFT,
                        Toy.with(
                                RIGHT,
                                right -> right.on(Left.Say.class, said -> {
                                    throw new IllegalStateException("observer");
                                }))),
                say("x"),
                "observer");
    }

    @Test
    void aFilterThatThrowsStopsTheStore() {
        Predicate<Left.Say> throwing = said -> {
            throw new IllegalStateException("filter");
        };
        failsWith(
                Toy.store(
                        LEFT, Toy.with(RIGHT, right -> right.on(Left.Say.class, throwing, said -> new Right.Hear("")))),
                say("x"),
                "filter");
    }

    @Test
    void aBootThatThrowsStopsTheStore() {
        failsWith(
                Toy.store(
                        LEFT,
                        Toy.with(
                                RIGHT,
                                right -> right.boots((own, booted, ctx) -> {
                                    throw new IllegalStateException("boot");
                                }))),
                Input.of(Toy.booted(1)),
                "step 2.0: node/booted failed: java.lang.IllegalStateException: boot");
    }

    @Test
    void aTableOfWhatIsDueThatThrowsStopsTheStore() {
        Machine<Object, State, Left> throwing = Toy.with(
                LEFT,
                left -> left.due(
                        Left.Rang.class,
                        own -> {
                            if (own.seen().isEmpty()) {
                                return Table.<String, Toy.Timer>empty();
                            }
                            throw new IllegalStateException("deadline");
                        },
                        Left.Rang::new));
        failsWith(Toy.store(throwing, RIGHT), say("x"), "deadline");
    }

    @Test
    void anEndlessDispatchStopsTheStore() {
        failsWith(
                Toy.store(
                        Toy.left((own, action, ctx) -> {
                            ctx.then(new Left.Say("x"));
                            return own;
                        }),
                        RIGHT),
                say("x"),
                "one input leads to more than 10000 actions");
    }

    @Test
    void tenThousandEntriesAreNoBug() {
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    if (action instanceof Left.Say(String text) && text.equals("x")) {
                        for (int i = 1; i < Store.MAX_ENTRIES; i++) {
                            ctx.then(new Left.Say("rude"));
                        }
                    }
                    return own;
                }),
                RIGHT);
        assertThat(store.apply(say("x"), 5).size()).isEqualTo(10_000);
    }

    @Test
    void toDispatchWhatNobodyMountsStopsTheStore() {
        failsWith(
                Toy.store(
                        Toy.left((own, action, ctx) -> {
                            ctx.then(new Toy.Stranger());
                            return own;
                        }),
                        RIGHT),
                say("x"),
                "Toy$Stranger is of no mounted machine");
        failsWith(
                Toy.store(
                        Toy.left((own, action, ctx) -> {
                            ctx.effect(new Toy.StrangeEffect());
                            return own;
                        }),
                        RIGHT),
                say("x"),
                "Toy$StrangeEffect is of no mounted machine");
    }

    @Test
    void toDispatchAnEffectStopsTheStore() {
        failsWith(
                Toy.store(
                        Toy.left((own, action, ctx) -> {
                            ctx.then(new Ask.Fetch("a"));
                            return own;
                        }),
                        RIGHT),
                say("x"),
                "Fetch is an effect: emit it with effect()");
    }

    @Test
    void refusesTimeThatRunsBackwards() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(say("x"), 5);
        assertThatThrownBy(() -> store.apply(say("x"), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time runs backwards: 4 after 5");
        assertThat(store.apply(say("x"), 5).number()).isEqualTo(2);
    }

    @Test
    void refusesATypeOfNoMachine() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        assertThatThrownBy(() -> store.apply(Input.of(new Toy.Stranger()), 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(
                        "Toy$Stranger is of no mounted machine: give its sealed interface to that machine's actions(…), or mount"
                                + " the machine that has it");
        assertThat(store.apply(say("x"), 5).number()).isEqualTo(1);
    }

    @Test
    void refusesAnEffectAsInput() {
        assertThatThrownBy(() -> Input.of(new Ask.Fetch("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Fetch is an effect, not an input");
    }

    // Moments

    @Test
    void statesReadBackByName() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        store.apply(say("x"), 6);
        store.apply(Input.of(new Right.Hear("y")), 7);
        Map<String, Object> states = store.statesOf(store.state());
        assertThat(states.keySet()).containsExactly("node", "left", "right");
        assertThat(store.stateOf(3, 7, states)).isEqualTo(store.state());
        Map<String, Object> fewer = new HashMap<>(states);
        fewer.remove("left");
        assertThat(store.stateOf(3, 7, fewer).root())
                .isEqualTo(new Root(State.INITIAL, store.state().root().right()));
        assertThatThrownBy(() -> store.stateOf(3, 7, Map.of("left", "no state")))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void goesOnFromAnotherMoment() {
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) ->
                        action instanceof Left.Rang(String timer) ? own.without(timer) : own.due("t", 30)),
                RIGHT);
        store.apply(say("x"), 5);
        StoreState<Root> moment = store.state();
        store.apply(say("y"), 6);
        store.apply(Input.of(new NodeAction.Tick()), 40);
        assertThat(store.nextDeadline()).isEqualTo(Due.NEVER);
        store.restore(moment);
        assertThat(store.state()).isSameAs(moment);
        assertThat(store.nextDeadline()).isEqualTo(30);
        Turn again = store.apply(say("y"), 6);
        assertThat(again.number()).isEqualTo(2);
    }

    @Test
    void drawsAreTheSameFromTheSameMoment() {
        List<Long> drawn = new ArrayList<>();
        Machine.Reducer<State, Left> drawing = (own, action, ctx) -> {
            drawn.add(ctx.random().nextLong());
            drawn.add(ctx.random().nextLong());
            return own.saw("x");
        };
        Store<Root> store = Toy.store(Toy.left(drawing), RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        StoreState<Root> moment = store.state();
        store.apply(say("x"), 5);
        store.restore(moment);
        store.apply(say("x"), 5);
        store.apply(say("x"), 5);
        assertThat(drawn.subList(2, 4)).isEqualTo(drawn.subList(0, 2));
        assertThat(drawn.subList(4, 6)).doesNotContainAnyElementsOf(drawn.subList(0, 4));
    }

    @Test
    void storesOfOneBuilderShareNothing() {
        List<Long> drawn = new ArrayList<>();
        Store.Builder<Root> builder = Toy.builder(
                Toy.left((own, action, ctx) -> {
                    drawn.add(ctx.random().nextLong());
                    return own.saw("x");
                }),
                RIGHT);
        Store<Root> one = builder.build();
        Store<Root> other = builder.build();
        one.apply(say("x"), 5);
        other.apply(say("x"), 5);
        assertThat(drawn.get(0)).isEqualTo(drawn.get(1));
        assertThat(one.state()).isEqualTo(other.state());
    }

    @Test
    void theContextTellsTimeRunAndId() {
        List<String> told = new ArrayList<>();
        Store<Root> store = Toy.store(
                Toy.left((own, action, ctx) -> {
                    told.add(ctx.now() + " " + ctx.run() + " " + ctx.id());
                    if (own.seen().isEmpty()) {
                        ctx.then(new Left.Say("then"));
                    }
                    return own.saw("x");
                }),
                RIGHT);
        store.apply(Input.of(Toy.booted(1)), 5);
        store.apply(say("x"), 8);
        assertThat(told).containsExactly("8 1 2.0", "8 1 2.1");
    }

    @Test
    void theWallClockIsTheNodesTimeAndAnOffset() {
        List<String> told = new ArrayList<>();
        Machine<Object, State, Left> telling = Toy.with(
                Toy.left((own, action, ctx) -> {
                    told.add(ctx.now() + " is " + ctx.wallTime());
                    return own;
                }),
                left -> left.boots((own, booted, ctx) -> {
                    told.add("boot " + ctx.now() + " is " + ctx.wallTime());
                    return own;
                }));
        Store<Root> store = Toy.store(telling, RIGHT);
        store.apply(Input.of(new NodeAction.Booted(1, "test", Table.empty(), 1_000, 1)), 5);
        store.apply(say("x"), 8);
        // The wall clock is put back: the node's time runs on.
        store.apply(Input.of(new NodeAction.ClockStepped(10, 0)), 10);
        store.apply(say("x"), 11);
        store.apply(Input.of(new NodeAction.ClockStepped(2, -10)), 12);
        store.apply(say("x"), 13);
        assertThat(told).containsExactly("boot 5 is 1000", "8 is 1003", "11 is 11", "13 is 3");
        assertThat(store.state().node().wallOffset()).isEqualTo(-10);
    }

    @Test
    void digestsOfTwoRunsAreEqual() {
        List<Digest> digests = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Store<Root> store = Toy.store(LEFT, RIGHT);
            store.apply(Input.of(Toy.booted(1)), 5);
            store.apply(Input.of(new Left.Came(EVEN)), 5);
            digests.add(Content.digest(store.state().root()));
            digests.add(Content.digest(store.state().node()));
        }
        assertThat(digests.subList(0, 2)).isEqualTo(digests.subList(2, 4));
    }
}
