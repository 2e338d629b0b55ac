package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.store.Toy.Ask;
import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Machine;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MountingTest {

    private static final Machine<Left> LEFT = Toy.left(Toy::remember);
    private static final Machine<Right> RIGHT = Toy.right(Toy::remember);

    record TwoKinds() implements Effect.Fire, Effect.Request {}

    record NoKind() implements Effect {}

    static final class NoRecord implements Effect.Fire {}

    private static void refused(ThrowingCallable mounting, String message) {
        assertThatThrownBy(mounting)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static ThrowingCallable mounting(Machine<Left> left) {
        return () -> Toy.store(left, RIGHT);
    }

    @Test
    void refusesTwoSlicesOfOneName() {
        refused(
                () -> Store.of(Root.INITIAL)
                        .mount(LEFT, Root::left, Root::withLeft)
                        .mount(LEFT, Root::left, Root::withLeft),
                "two slices are named left");
    }

    @Test
    void refusesTheTypeTableOfAnotherSlice() {
        refused(mounting(LEFT.naming(TypeTable.of("other").build())), "the slice left has the type table of other");
    }

    @Test
    void refusesAnActionWithoutAName() {
        refused(
                mounting(LEFT.naming(
                        TypeTable.of("left").action("say", Left.Say.class).build())),
                "Left$Came has no name in the type table of left");
    }

    @Test
    void refusesAnActionWithoutAGuard() {
        refused(
                mounting(LEFT.guarding(
                        Guards.<Object, State, Left>of().always(Left.Say.class).build())),
                "Left$Came has no guard in left");
    }

    @Test
    void refusesATypeOfTwoNames() {
        refused(
                mounting(LEFT.naming(
                        Toy.leftTypes().action("again", Left.Say.class).build())),
                "Left$Say has two names in the type table of left");
    }

    @Test
    void refusesATypeOfTwoSlices() {
        refused(
                () -> Toy.store(
                        LEFT,
                        RIGHT.naming(Toy.rightTypes()
                                .action("fetch", Ask.Fetch.class)
                                .build())),
                "Toy$Ask$Fetch is registered by the slices left and right");
    }

    @Test
    void refusesAStrangersAction() {
        refused(
                mounting(LEFT.naming(
                        Toy.leftTypes().action("stranger", Toy.Stranger.class).build())),
                "Toy$Stranger is no action of Left");
    }

    @Test
    void refusesAnEffectOfNoOrTwoKinds() {
        for (Class<? extends Effect> type : List.of(TwoKinds.class, NoKind.class)) {
            refused(
                    mounting(LEFT.naming(Toy.leftTypes().action("odd", type).build())),
                    type.getName() + " must be exactly one of Request, Subscription and Fire");
        }
    }

    @Test
    void refusesWhatIsNoRecord() {
        refused(
                mounting(LEFT.naming(
                        Toy.leftTypes().action("odd", NoRecord.class).build())),
                "MountingTest$NoRecord is no record");
    }

    @Test
    void refusesATransitionByNoName() {
        refused(
                mounting(LEFT.declaring(List.of(new Transition("a", "shout", "b")))),
                "the slice left declares a transition by shout, which is no name in its type table");
    }

    @Test
    void refusesActionsThatAreNotSealed() {
        refused(
                () -> Mounting.leaves(Action.class),
                "dev.dunlin.core.store.Action is not sealed: name all its records");
        assertThat(Mounting.leaves(Left.class))
                .containsExactly(Left.Say.class, Left.Came.class, Left.Gone.class, Left.Tick.class);
    }

    @Test
    void refusesToObserveWhatNobodyOwns() {
        refused(
                mounting(LEFT.observing(List.of(On.each(Toy.Stranger.class, any -> new Left.Say("x"))))),
                "left observes dev.dunlin.core.store.Toy$Stranger, which no mounted slice owns");
    }

    @Test
    void refusesToObserveAnEffect() {
        refused(
                mounting(LEFT.observing(List.of(On.each(Ask.Fetch.class, any -> new Left.Say("x"))))),
                "left observes dev.dunlin.core.store.Toy$Ask$Fetch, which is an effect and no fact");
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
        assertThatThrownBy(() -> guards.ask("", State.INITIAL, new Left.Tick(), 6))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dev.dunlin.core.store.Toy$Left$Tick has no guard");
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
    void aTickNeedsANameToo() {
        assertThat(Toy.store(LEFT.ticking(Optional.empty()).due(own -> Long.MAX_VALUE), RIGHT)
                        .nextDeadline())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesAnInvariantThatAForeignActionBreaks() {
        Invariant<State> invariant = new Invariant<>("is-quiet", own -> Optional.empty());
        refused(
                mounting(LEFT.holding(invariant.brokenBy(Right.Hear.class))),
                "the invariant is-quiet of left is said to be broken by");
        refused(mounting(LEFT.holding(invariant.brokenBy(Ask.Keep.class))), "which is no action of the slice");
    }
}
