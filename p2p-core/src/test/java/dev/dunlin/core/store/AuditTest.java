package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Toy.Left;
import dev.dunlin.core.store.Toy.Right;
import dev.dunlin.core.store.Toy.Root;
import dev.dunlin.core.store.Toy.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final Handle HANDLE = new Handle("connection", 1, 2);

    private int asked;

    private Optional<String> bad(State own) {
        asked++;
        return own.seen().stream().filter(text -> text.contains("bad")).findFirst();
    }

    private Invariant<State> quiet() {
        return new Invariant<>("is-quiet", this::bad);
    }

    private static Store<Root> store(Invariant<State> invariant) {
        Store<Root> store = Toy.store(
                Toy.with(Toy.left(Toy::remember), left -> left.invariants(List.of(invariant))),
                Toy.right(Toy::remember));
        store.apply(Input.of(Toy.booted(1)), 1);
        return store;
    }

    private static Turn apply(Store<Root> store, Action action) {
        return store.apply(Input.of(action), store.state().now() + 1);
    }

    @Test
    void anInvariantThatAnyActionMayBreakIsAskedAfterEachChangeOfItsMachine() {
        Store<Root> store = store(quiet());
        Audit audit = Audit.of(store);
        assertThat(audit.after(apply(store, new Left.Say("good")))).isEmpty();
        assertThat(asked).isEqualTo(1);
        assertThat(audit.after(apply(store, new Right.Hear("bad")))).isEmpty();
        assertThat(asked).isEqualTo(1);
        assertThat(audit.after(apply(store, new Left.Say("bad"))))
                .hasValueSatisfying(broken -> assertThat(broken).hasToString("left breaks is-quiet: Say[text=bad]"));
    }

    @Test
    void oneThatNamesItsBreakersIsAskedAfterThemOnly() {
        Store<Root> store = store(quiet().brokenBy(Left.Say.class));
        Audit audit = Audit.of(store);
        audit.after(apply(store, new Left.Nod()));
        assertThat(asked).isZero();
        audit.after(apply(store, new Left.Say("rude")));
        assertThat(asked).as("it was disabled").isZero();
        audit.after(apply(store, new Left.Say("good")));
        assertThat(asked).isEqualTo(1);
        assertThat(audit.after(apply(store, new Left.Say("bad")))).isPresent();
    }

    @Test
    void whatItsListForgetsIsFoundByTheSweep() {
        Store<Root> store = store(quiet().brokenBy(Left.Nod.class));
        Audit audit = Audit.of(store);
        List<Audit.Broken> found = new ArrayList<>();
        audit.after(apply(store, new Left.Say("bad"))).ifPresent(found::add);
        assertThat(found).isEmpty();
        while (found.isEmpty() && store.state().input() < Audit.SWEEP_EVERY) {
            audit.after(apply(store, new Right.Hear("anything"))).ifPresent(found::add);
        }
        assertThat(found)
                .containsExactly(new Audit.Broken(
                        "left",
                        Audit.INDEX,
                        "is-quiet was broken before, by an action that it does not name: Say[text=bad]"));
        assertThat(audit.sweep()).isPresent();
    }

    @Test
    void aThoroughAuditAsksWhateverTheListsSay() {
        Store<Root> store = store(quiet().brokenBy(Left.Nod.class));
        Audit audit = Audit.thorough(store);
        assertThat(audit.after(apply(store, new Left.Say("bad"))))
                .hasValueSatisfying(broken -> assertThat(broken.invariant()).isEqualTo("is-quiet"));
    }

    @Test
    void aHandleThatNoStateHoldsIsFound() {
        Store<Root> store = store(quiet());
        Audit audit = Audit.of(store);
        assertThat(audit.after(apply(store, new Left.Came(HANDLE)))).hasValueSatisfying(broken -> {
            assertThat(broken.invariant()).isEqualTo(Audit.HANDLES);
            assertThat(broken.why()).contains("open and in no state", HANDLE.toString());
        });
    }

    @Test
    void aStateBeyondItsBudgetIsFound() {
        Store<Root> store = store(quiet());
        Audit seldom = Audit.of(store);
        Audit thorough = Audit.thorough(store);
        Turn turn = apply(store, new Left.Say("x".repeat(1 << 20)));
        assertThat(thorough.after(turn))
                .hasValueSatisfying(broken -> assertThat(broken.invariant()).isEqualTo(Audit.BUDGET));
        assertThat(seldom.after(turn)).isEmpty();
        assertThat(seldom.sweep())
                .hasValueSatisfying(broken -> assertThat(broken.invariant()).isEqualTo(Audit.BUDGET));
    }
}
