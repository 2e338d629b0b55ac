package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Toy.Ask;
import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MountingTest {

    private static final Machine<Object, State, Left> LEFT = Toy.left(Toy::remember);
    private static final Machine<Object, State, Right> RIGHT = Toy.right(Toy::remember);

    record TwoKinds() implements Effect.Fire, Effect.Request {}

    record NoKind() implements Effect {}

    static final class NoRecord implements Effect.Fire {}

    /** Of the same name as one of Left's. */
    record Say() implements Effect.Fire {}

    interface Open extends Action {}

    private static void refused(ThrowingCallable mounting, String message) {
        assertThatThrownBy(mounting)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static ThrowingCallable mounting(Machine<Object, State, Left> left) {
        return () -> Toy.store(left, RIGHT);
    }

    @SafeVarargs
    private static Machine<Object, State, Left> of(Class<? extends Action>... others) {
        return Machine.of("left", State.INITIAL)
                .actions(Left.class, others)
                .guards(LEFT.guards())
                .budget(Toy.BUDGET);
    }

    record Bell(long at) implements Due {}

    record Inside(Table<String, Bell> bells) {}

    record Bells(Inside inside, Table<Long, Bell> late, Table<Long, Long> others) {}

    sealed interface Ring extends Action {
        record Rang(long bell) implements Ring {}
    }

    @Test
    void refusesTablesWhoseDeadlinesNobodyLooksAt() {
        Machine.Draft<Object, Bells, Ring> deaf = Machine.of(
                        "bells", new Bells(new Inside(Table.empty()), Table.empty(), Table.empty()))
                .actions(Ring.class)
                .guards(Guards.<Object, Bells, Ring>of().always(Ring.Rang.class).build())
                .due(Ring.Rang.class, Bells::late, Ring.Rang::new);
        refused(
                () -> Store.of(deaf.budget(1).initial()).mount(deaf.budget(1), own -> own, (own, changed) -> changed),
                "the machine bells has tables whose values may be Due (inside.bells, late), and says of 1 what an entry"
                        + " becomes that is due: declare due(…) for each, and give tables in which nothing ever is due"
                        + " values that are not Due");
    }

    sealed interface Tower {
        record Off() implements Tower {}

        record On(Optional<Inside> inside) implements Tower {}
    }

    record Deep(First first) {}

    record First(Second second) {}

    record Second(Optional<First> first, Table<Long, ? extends Bell> bells) {}

    @Test
    void findsSuchTablesWhereverTheyStandInTheState() {
        refused(() -> deaf(new Tower.Off()), "may be Due (inside.bells)");
        refused(
                () -> deaf(new Deep(new First(new Second(Optional.empty(), Table.empty())))),
                "may be Due (first.second.bells)");
    }

    private static <S> Store<S> deaf(S state) {
        Machine<Object, S, Ring> machine = Machine.of("bells", state)
                .actions(Ring.class)
                .guards(Guards.<Object, S, Ring>of().always(Ring.Rang.class).build())
                .budget(1);
        return Store.of(state)
                .mount(machine, own -> own, (own, changed) -> changed)
                .build();
    }

    @Test
    void refusesTwoMachinesOfOneName() {
        refused(
                () -> Store.of(Root.INITIAL)
                        .mount(LEFT, Root::left, Root::withLeft)
                        .mount(LEFT, Root::left, Root::withLeft),
                "two machines are named left");
    }

    @Test
    void refusesAMachineNamedAsTheStoresOwn() {
        refused(
                () -> Store.of(Root.INITIAL)
                        .mount(
                                Machine.of("node", State.INITIAL)
                                        .actions(Left.class)
                                        .guards(LEFT.guards())
                                        .budget(1),
                                Root::left,
                                Root::withLeft),
                "two machines are named node");
    }

    /** Its outcomes would answer callers outside the store, or its digests be taken for those of derived actions. */
    @Test
    void refusesAMachineWhoseNameMeansSomethingElse() {
        for (String name : List.of(Ticket.API, "derived")) {
            Machine<Object, State, Left> taken = Machine.of(name, State.INITIAL)
                    .actions(Left.class)
                    .guards(LEFT.guards())
                    .budget(1);
            refused(() -> Store.of(Root.INITIAL).mount(taken, Root::left, Root::withLeft), name);
        }
    }

    @Test
    void refusesAnActionWithoutAGuard() {
        refused(
                mounting(LEFT.guarding(
                        Guards.<Object, State, Left>of().always(Left.Say.class).build())),
                "Left$Want has no guard in left");
    }

    @Test
    void refusesTwoTypesOfOneName() {
        refused(() -> of(Ask.class, Ask.class), "two actions are named left/fetch");
        refused(() -> of(Say.class), "two actions are named left/say");
    }

    @Test
    void refusesATypeOfTwoMachines() {
        refused(
                () -> Toy.store(
                        LEFT,
                        Machine.of("right", State.INITIAL)
                                .actions(Right.class, Ask.class)
                                .guards(RIGHT.guards())
                                .due(
                                        Right.Rung.class,
                                        State::timers,
                                        (timer, value) -> new Right.Rung(timer, value.at()))
                                .budget(Toy.BUDGET)),
                "Toy$Ask$Fetch is registered by the machines left and right");
    }

    @Test
    void refusesAStrangersAction() {
        refused(mounting(of(Toy.Stranger.class)), "Toy$Stranger is no action of Left");
    }

    @Test
    void refusesAnEffectOfNoOrTwoKinds() {
        for (Class<? extends Effect> type : List.of(TwoKinds.class, NoKind.class)) {
            refused(mounting(of(type)), type.getName() + " must be exactly one of Request, Subscription and Fire");
        }
    }

    @Test
    void refusesWhatIsNoRecord() {
        refused(mounting(of(NoRecord.class)), "MountingTest$NoRecord is no record");
    }

    @Test
    void refusesATransitionByNoName() {
        refused(
                mounting(Toy.with(LEFT, left -> left.transitions("a > b: shout"))),
                "left declares a transition by shout, which is no name in its type table");
    }

    @Test
    void refusesActionsThatAreNotSealed() {
        refused(
                () -> Machine.of("left", State.INITIAL).actions(Open.class).budget(1),
                "MountingTest$Open is not sealed: name all its records");
        assertThat(Mounting.leaves(Left.class))
                .containsExactly(
                        Left.Say.class,
                        Left.Want.class,
                        Left.Came.class,
                        Left.Gone.class,
                        Left.Nod.class,
                        Left.Rang.class);
    }

    @Test
    void refusesToObserveWhatNobodyOwns() {
        refused(
                mounting(Toy.with(LEFT, left -> left.on(Toy.Stranger.class, any -> new Left.Say("x")))),
                "left observes dev.dunlin.core.store.Toy$Stranger, which no mounted machine owns");
    }

    @Test
    void refusesToObserveAnEffect() {
        refused(
                mounting(Toy.with(LEFT, left -> left.on(Ask.Fetch.class, any -> new Left.Say("x")))),
                "left observes dev.dunlin.core.store.Toy$Ask$Fetch, which is an effect and no fact");
    }

    @Test
    void typesAreNamedAfterTheirRecords() {
        assertThat(LEFT.types().actions())
                .containsExactly(
                        Map.entry("say", Left.Say.class),
                        Map.entry("want", Left.Want.class),
                        Map.entry("came", Left.Came.class),
                        Map.entry("gone", Left.Gone.class),
                        Map.entry("nod", Left.Nod.class),
                        Map.entry("rang", Left.Rang.class),
                        Map.entry("fetch", Ask.Fetch.class),
                        Map.entry("keep", Ask.Keep.class),
                        Map.entry("done", Toy.Said.Done.class));
        assertThat(LEFT.state()).isEqualTo(State.class);
    }

    @Test
    void anAlteredMachineLeavesTheOtherAsItWas() {
        Machine<Object, State, Left> altered = Toy.with(
                LEFT,
                left -> left.on(Right.Hear.class, heard -> new Left.Nod())
                        .due(Left.Rang.class, State::timers, Left.Rang::new)
                        .transitions("only: say")
                        .renamed("shout", "say"));
        assertThat(altered.observes()).hasSize(1);
        assertThat(altered.dues()).hasSize(2);
        assertThat(LEFT.observes()).isEmpty();
        assertThat(LEFT.dues()).hasSize(1);
        assertThat(LEFT.transitions()).isEmpty();
        assertThat(LEFT.types().renamed()).isEmpty();
        assertThat(altered.types().renamed()).containsExactly(Map.entry("left/shout", "left/say"));
    }

    @Test
    void aDraftThatGoesOnLeavesItsMachineAsItWas() {
        Machine.Draft<Object, State, Left> draft = LEFT.altered();
        Machine<Object, State, Left> before = draft.budget(1);
        draft.transitions("only: say").on(Right.Hear.class, heard -> new Left.Nod());
        assertThat(before.transitions()).isEmpty();
        assertThat(before.observes()).isEmpty();
        assertThat(before.byteBudget()).isEqualTo(1);
    }

    @Test
    void transitionsAreReadFromLines() {
        assertThat(Transition.parse("""
                        idle > opening: ping, pongDue

                        idle, opening > unknown: unlinked
                        opening: ping
                        *: streamEnded
                        """))
                .containsExactlyInAnyOrder(
                        new Transition("idle", "ping", "opening"),
                        new Transition("idle", "pongDue", "opening"),
                        new Transition("idle", "unlinked", "unknown"),
                        new Transition("opening", "unlinked", "unknown"),
                        new Transition("opening", "ping", "opening"),
                        new Transition("idle", "streamEnded", "idle"),
                        new Transition("opening", "streamEnded", "opening"),
                        new Transition("unknown", "streamEnded", "unknown"));
        assertThat(Transition.parse("")).isEmpty();
        for (String bad : List.of("idle", "idle > : ping", "idle > opening ping", "> opening: ping", "a > b > c: x")) {
            refused(() -> Transition.parse(bad), "not '" + bad + "'");
        }
    }

    @Test
    void guardsRefuseASecondEntryAndASecondClauseOfOneName() {
        refused(
                () -> Guards.<Object, State, Left>of().always(Left.Say.class).always(Left.Say.class),
                "Left$Say has two guards");
        refused(
                () -> Guards.<Object, State, Left>of()
                        .on(
                                Left.Say.class,
                                Guards.clause("a", (view, own, action, now) -> true),
                                Guards.clause("a", (view, own, action, now) -> true)),
                "two clauses of dev.dunlin.core.store.Toy$Left$Say have one name");
    }

    @Test
    void guardsNameTheFirstClauseThatFails() {
        Guards<Object, State, Left> guards = Guards.<Object, State, Left>of()
                .on(
                        Left.Say.class,
                        Guards.clause(
                                "is-not-empty",
                                (view, own, action, now) -> !action.text().isEmpty()),
                        Guards.clause(
                                "is-later",
                                (view, own, action, now) -> now > 5,
                                (view, own, action, now) -> List.of(Operand.of("now", now))))
                .build();
        Left.Say empty = new Left.Say("");
        Left.Say full = new Left.Say("x");
        assertThat(guards.ask("", State.INITIAL, empty, 5)).isEqualTo(new Verdict.Disabled("is-not-empty", List.of()));
        assertThat(guards.ask("", State.INITIAL, full, 5))
                .isEqualTo(new Verdict.Disabled("is-later", List.of(new Operand("now", "5"))));
        assertThat(guards.ask("", State.INITIAL, full, 6)).isSameAs(Verdict.ENABLED);
        assertThat(guards.clausesOf(Left.Say.class)).containsExactly("is-not-empty", "is-later");
        assertThat(guards.clausesOf(Left.Came.class)).isEmpty();
        assertThat(guards.covers(Left.Came.class)).isFalse();
        assertThatThrownBy(() -> guards.ask("", State.INITIAL, new Left.Nod(), 6))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dev.dunlin.core.store.Toy$Left$Nod has no guard");
    }

    @Test
    void typeTablesRefuseBadNames() {
        for (String bad : List.of("", "Say", "two-words", "9", "a/b")) {
            refused(() -> TypeTable.of(bad), "a type's name is in camel case, not '" + bad + "'");
            refused(
                    () -> TypeTable.of("left").action(bad, Left.Say.class),
                    "a type's name is in camel case, not '" + bad + "'");
        }
        refused(
                () -> TypeTable.of("left").action("say", Left.Say.class).action("say", Left.Came.class),
                "two actions are named left/say");
        refused(
                () -> TypeTable.of("left")
                        .variant(Left.class, "say", Left.Say.class)
                        .variant(Left.class, "say", Left.Came.class),
                "two variants of Left are named say");
    }

    @Test
    void typeTablesKeepWhatWasSaid() {
        TypeTable table = TypeTable.of("left")
                .action("say", Left.Say.class)
                .variant(Left.class, "came", Left.Came.class)
                .defaulted("left/say", "text", "\"\"")
                .renamed("shout", "say")
                .build();
        assertThat(table.fullName("say")).isEqualTo("left/say");
        assertThat(table.actions()).containsExactly(Map.entry("say", Left.Say.class));
        assertThat(table.variants().get(Left.class)).containsExactly(Map.entry("came", Left.Came.class));
        assertThat(table.defaults()).containsEntry("left/say.text", "\"\"");
        assertThat(table.renamed()).containsEntry("left/shout", "left/say");
        assertThatThrownBy(() -> table.actions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesAnInvariantThatAForeignActionBreaks() {
        Invariant<State> invariant = new Invariant<>("is-quiet", own -> Optional.empty());
        refused(
                mounting(Toy.with(LEFT, left -> left.invariants(List.of(invariant.brokenBy(Right.Hear.class))))),
                "the invariant is-quiet of left is said to be broken by");
        refused(
                mounting(Toy.with(LEFT, left -> left.invariants(List.of(invariant.brokenBy(Ask.Keep.class))))),
                "which is no action of the machine");
    }

    @Test
    void refusesAStateThatIsNoRecord() {
        refused(() -> deaf("text"), "the state of the machine bells is a java.lang.String, and no record");
    }

    private static String failureOf(Store<Root> store) {
        try {
            store.apply(Input.of(new Left.Say("a")), 1);
        } catch (StoreFailure failure) {
            return String.valueOf(failure.getMessage());
        }
        throw new AssertionError("the store did not fail");
    }

    @Test
    void aMountThatDoesNotHoldIsFoundAtItsFirstChange() {
        Machine<Object, State, Left> changes = LEFT.reducing((own, action, ctx) -> own.saw("a"));
        Store<Root> forgets = Store.of(Root.INITIAL)
                .mount(changes, Root::left, (root, state) -> root)
                .mount(RIGHT, Root::right, Root::withRight)
                .build();
        assertThat(failureOf(forgets)).contains("the mount of the machine left is wrong");
        Store<Root> swaps = Store.of(Root.INITIAL)
                .mount(changes, Root::left, Root::withRight)
                .mount(RIGHT, Root::right, Root::withRight)
                .build();
        assertThat(failureOf(swaps)).contains("what its setter writes is not what its getter reads");
    }
}
