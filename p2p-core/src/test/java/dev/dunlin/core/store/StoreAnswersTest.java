package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.NodeState.Holding;
import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.Said;
import dev.dunlin.core.store.Toy.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What whoever asked is told: outcomes by ticket, refusals by the store itself; and what machines do at a boot. */
class StoreAnswersTest {

    private static final Ticket API = new Ticket(Ticket.API, 7);
    private static final Machine<Object, State, Right> RIGHT = Toy.right(Toy::remember);

    /** Tells every wish's outcome, and wishes on when it is told to. */
    private static final Machine<Object, State, Left> LEFT = Toy.left((own, action, ctx) -> {
        switch (action) {
            case Left.Want(String text, Ticket ticket) -> ctx.then(new Said.Done(ticket, text));
            case Left.Say(String text)
            when text.startsWith("wish") -> ctx.then(new Left.Want("rude", new Ticket("right", text.length())));
            default -> {}
        }
        return own.saw(action.toString());
    });

    /** Makes its own action of the outcomes of what it asked. */
    private static final Machine<Object, State, Right> ASKING = Toy.with(
            RIGHT,
            right -> right.onOutcome(
                            Said.Done.class,
                            (ticket, done) -> new Right.Hear("done " + done.text() + " for " + ticket.key()))
                    .onOutcome(
                            Refused.class,
                            (ticket, refused) ->
                                    new Right.Hear("no " + refused.subject().key() + " for " + ticket.key())));

    @Test
    void aGuardMayAskTheWallClock() {
        Machine<Object, State, Left> early = LEFT.guarding(
                Toy.guards(Guards.wallClause("wall-time-has-come", (own, action, wallTime) -> wallTime >= 1_000)));
        Store<Root> store = Toy.store(early, RIGHT);
        store.apply(Input.of(new NodeAction.Booted(1, "test", Table.empty(), 500, 1)), 0);
        assertThat(store.apply(Input.of(new Left.Say("x")), 499).rejection(0)).isNotNull();
        assertThat(store.apply(Input.of(new Left.Say("x")), 500).rejection(0)).isNull();
    }

    private static Input want(String text, Ticket ticket) {
        return Input.of(new Left.Want(text, ticket));
    }

    private static List<Action> entries(Turn turn) {
        List<Action> entries = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            entries.add(turn.entry(i));
        }
        return entries;
    }

    private static Refused refused(Ticket ticket) {
        return new Refused(
                ticket, "left/want", Subject.of("want", "rude"), "is-polite", List.of(new Operand("text", "rude")));
    }

    @Test
    void anOutcomeGoesToTheMachineThatAskedAlone() {
        Machine<Object, State, Left> alsoAsking =
                Toy.with(LEFT, left -> left.onOutcome(Said.Done.class, (ticket, done) -> new Left.Nod()));
        Store<Root> store = Toy.store(alsoAsking, ASKING);
        assertThat(entries(store.apply(want("a", new Ticket("right", 3)), 5)))
                .containsExactly(
                        new Left.Want("a", new Ticket("right", 3)),
                        new Said.Done(new Ticket("right", 3), "a"),
                        new Right.Hear("done a for 3"));
        assertThat(entries(store.apply(want("a", new Ticket("left", 3)), 5)))
                .endsWith(new Said.Done(new Ticket("left", 3), "a"), new Left.Nod());
        for (Ticket other : List.of(API, Ticket.NONE, new Ticket("righ", 3), new Ticket("Right", 3))) {
            assertThat(entries(store.apply(want("a", other), 5))).hasSize(2).endsWith(new Said.Done(other, "a"));
        }
    }

    @Test
    void anOutcomeHasNoGuardAndChangesNothing() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        store.apply(want("a", API), 5);
        assertThat(store.state().root().left().seen()).containsExactly("Want[text=a, ticket=api#7]");
        assertThat(LEFT.guards().covers(Said.Done.class)).isFalse();
        assertThat(store.whyNoInput(new Said.Done(API, "a"))).isPresent();
        assertThat(store.whyNoInput(new Left.Want("a", API))).isEmpty();
    }

    @Test
    void whoeverObservesAnOutcomeSeesThoseOfOthersToo() {
        Store<Root> store = Toy.store(
                LEFT, Toy.with(RIGHT, right -> right.on(Said.Done.class, done -> new Right.Hear(done.text()))));
        assertThat(entries(store.apply(want("a", API), 5))).endsWith(new Right.Hear("a"));
    }

    @Test
    void filtersAreAskedBeforeAnythingIsMade() {
        List<String> made = new ArrayList<>();
        Machine<Object, State, Right> choosy = Toy.with(
                RIGHT,
                right -> right.on(Left.Say.class, said -> said.text().length() > 1, said -> {
                    made.add(said.text());
                    return new Right.Hear(said.text());
                }));
        Store<Root> store = Toy.store(LEFT, choosy);
        assertThat(store.apply(Input.of(new Left.Say("x")), 5).size()).isEqualTo(1);
        assertThat(store.apply(Input.of(new Left.Say("rude")), 5).size()).isEqualTo(1);
        assertThat(made).isEmpty();
        assertThat(entries(store.apply(Input.of(new Left.Say("xx")), 5))).endsWith(new Right.Hear("xx"));
        assertThat(made).containsExactly("xx");
    }

    @Test
    void aDisabledWishIsAnsweredByTheStore() {
        Store<Root> store = Toy.store(LEFT, RIGHT);
        Root before = store.state().root();
        Turn turn = store.apply(want("rude", API), 5);
        assertThat(entries(turn)).containsExactly(new Left.Want("rude", API), refused(API));
        assertThat(turn.rejection(0))
                .isEqualTo(new Verdict.Disabled("is-polite", List.of(new Operand("text", "rude"))));
        assertThat(turn.rejection(1)).isNull();
        assertThat(turn.cause(1)).isEqualTo(turn.id(0));
        assertThat(turn.changed()).isEmpty();
        assertThat(store.state().root()).isSameAs(before);
    }

    @Test
    void aDerivedWishThatIsDisabledIsAnsweredInTheSameTurn() {
        Store<Root> store = Toy.store(LEFT, ASKING);
        Turn turn = store.apply(Input.of(new Left.Say("wish")), 5);
        assertThat(entries(turn))
                .containsExactly(
                        new Left.Say("wish"),
                        new Left.Want("rude", new Ticket("right", 4)),
                        refused(new Ticket("right", 4)),
                        new Right.Hear("no rude for 4"));
        assertThat(turn.cause(2)).isEqualTo(turn.id(1));
        assertThat(turn.cause(3)).isEqualTo(turn.id(2));
    }

    @Test
    void refusalsMayLeadToWishesThatAreRefused() {
        // Each refusal makes the asker ask once more, until it has asked three times.
        Machine<Object, State, Right> stubborn = Toy.with(
                Toy.right((own, action, ctx) -> {
                    if (own.seen().size() < 2) {
                        ctx.then(new Left.Want(
                                "rude", new Ticket("right", own.seen().size() + 1)));
                    }
                    return own.saw(action.toString());
                }),
                right -> right.onOutcome(Refused.class, (ticket, told) -> new Right.Hear("refused " + ticket.key())));
        Turn turn = Toy.store(LEFT, stubborn).apply(want("rude", new Ticket("right", 0)), 5);
        assertThat(entries(turn))
                .containsExactly(
                        new Left.Want("rude", new Ticket("right", 0)),
                        refused(new Ticket("right", 0)),
                        new Right.Hear("refused 0"),
                        new Left.Want("rude", new Ticket("right", 1)),
                        refused(new Ticket("right", 1)),
                        new Right.Hear("refused 1"),
                        new Left.Want("rude", new Ticket("right", 2)),
                        refused(new Ticket("right", 2)),
                        new Right.Hear("refused 2"));
    }

    @Test
    void whereNobodyWaitsNobodyIsTold() {
        Turn turn = Toy.store(LEFT, ASKING).apply(want("rude", Ticket.NONE), 5);
        assertThat(turn.rejection(0)).isNotNull();
        assertThat(turn.size()).isEqualTo(1);
        assertThat(turn.derived()).isEqualTo(Digest.ZERO);
    }

    @Test
    void whatIsNoWishIsNotAnswered() {
        Turn turn = Toy.store(LEFT, ASKING).apply(Input.of(new Left.Say("rude")), 5);
        assertThat(turn.rejection(0)).isNotNull();
        assertThat(turn.size()).isEqualTo(1);
    }

    // Boots

    @Test
    void machinesBootInMountingOrderAndMayDispatch() {
        List<String> booted = new ArrayList<>();
        Machine<Object, State, Left> left = Toy.with(
                LEFT,
                draft -> draft.boots((own, boot, ctx) -> {
                    booted.add("left " + ctx.run() + " " + ctx.id());
                    ctx.then(new Left.Say("left is up"));
                    ctx.effect(new Toy.Ask.Fetch("news"));
                    return own.saw("boot of " + boot.build());
                }));
        Machine<Object, State, Right> right = Toy.with(
                RIGHT,
                draft -> draft.boots((own, boot, ctx) -> {
                            booted.add("right " + ctx.run() + " " + ctx.id());
                            ctx.then(new Right.Hear("right is up"));
                            return own;
                        })
                        .on(NodeAction.Booted.class, any -> new Right.Hear("observed")));
        Store<Root> store = Toy.store(left, right);
        Turn turn = store.apply(Input.of(Toy.booted(1)), 5);
        assertThat(booted).containsExactly("left 1 1.0", "right 1 1.0");
        assertThat(entries(turn).subList(1, turn.size()))
                .containsExactly(
                        new Left.Say("left is up"),
                        new Toy.Ask.Fetch("news"),
                        new Right.Hear("right is up"),
                        new Right.Hear("observed"));
        assertThat(turn.changed()).extracting(Turn.Changed::machine).containsExactly("node", "left", "right");
        assertThat(store.state().root().left().seen()).containsExactly("boot of test", "Say[text=left is up]");

        Store<Root> rightFirst = Store.of(Root.INITIAL)
                .mount(right, Root::right, Root::withRight)
                .mount(left, Root::left, Root::withLeft)
                .build();
        booted.clear();
        rightFirst.apply(Input.of(Toy.booted(1)), 5);
        assertThat(booted).containsExactly("right 1 1.0", "left 1 1.0");
    }

    @Test
    void aBootDrawsFromTheSeedOfItsRun() {
        List<Long> drawn = new ArrayList<>();
        Machine<Object, State, Left> drawing = Toy.with(
                LEFT,
                draft -> draft.boots((own, boot, ctx) -> {
                    drawn.add(ctx.random().nextLong());
                    return own;
                }));
        for (long seed : List.of(1L, 2L, 1L)) {
            Toy.store(drawing, RIGHT).apply(Input.of(new NodeAction.Booted(1, "test", Table.empty(), 0, seed)), 5);
        }
        assertThat(drawn.get(0)).isEqualTo(drawn.get(2)).isNotEqualTo(drawn.get(1));
    }

    @Test
    void aDisabledBootBootsNobody() {
        Machine<Object, State, Left> counting =
                Toy.with(LEFT, draft -> draft.boots((own, boot, ctx) -> own.saw("boot")));
        Store<Root> store = Toy.store(counting, RIGHT);
        assertThat(store.apply(Input.of(Toy.booted(2)), 5).rejection(0)).isNotNull();
        assertThat(store.state().root().left().seen()).isEmpty();
        store.apply(Input.of(Toy.booted(1)), 5);
        assertThat(store.state().root().left().seen()).containsExactly("boot");
    }

    // Handles that derived actions bring

    private static Turn derivedCame(Store<Root> store) {
        store.apply(Input.of(Toy.booted(1)), 5);
        return store.apply(Input.of(new Right.Hear("open")), 5);
    }

    private static Store<Root> bringing(Handle handle) {
        return Toy.store(LEFT, Toy.right((own, action, ctx) -> {
            ctx.then(new Left.Came(handle));
            return own;
        }));
    }

    @Test
    void aHandleThatADerivedActionBringsIsHeld() {
        Handle even = new Handle("socket", 1, 2);
        Store<Root> store = bringing(even);
        Turn turn = derivedCame(store);
        assertThat(turn.effects()).isEmpty();
        assertThat(store.state().node().handles()).isEqualTo(Table.of(even, Holding.STATE));
    }

    @Test
    void aHandleWhoseDerivedActionIsDisabledIsClosed() {
        Handle odd = new Handle("socket", 1, 3);
        Store<Root> store = bringing(odd);
        Turn turn = derivedCame(store);
        assertThat(turn.rejection(1)).isEqualTo(new Verdict.Disabled("is-even", List.of()));
        assertThat(turn.effects())
                .containsExactly(new Turn.Emitted(new ActionId(2, 2), new NodeEffect.CloseHandle(odd)));
        assertThat(turn.cause(2)).isEqualTo(turn.id(1));
        assertThat(store.state().node().handles()).isEqualTo(Table.of(odd, Holding.ORPHAN));
    }
}
