package dev.dunlin.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a machine says of older logs is about what it has now: a slip is found at the start, and not in an old log. */
final class EvolutionTest {

    record Hinge(String side, boolean oiled) {}

    /** Two of anything. */
    record Pair<A, B>(A first, B second) {}

    record State(List<Hinge> hinges, Optional<Pair<Hinge, Long>> last, long count) {}

    sealed interface DoorAction extends Action {
        record Open(String who, Hinge hinge) implements DoorAction {}

        record Shut() implements DoorAction {}
    }

    sealed interface DoorEffect extends Effect {
        record Chime(int loud) implements DoorEffect, Effect.Fire {}

        record Toll() implements DoorEffect, Effect.Fire {}
    }

    private static final State INITIAL = new State(List.of(), Optional.empty(), 0);

    private static Schema schema(UnaryOperator<Machine.Draft<Object, State, DoorAction>> evolution) {
        Machine<Object, State, DoorAction> door = evolution
                .apply(Machine.of("door", INITIAL)
                        .actions(DoorAction.class, DoorEffect.class)
                        .guards(Guards.<Object, State, DoorAction>of()
                                .always(DoorAction.Open.class)
                                .always(DoorAction.Shut.class)
                                .build()))
                .budget(100);
        return Schema.of(
                Store.of(INITIAL).mount(door, root -> root, (root, own) -> own).build());
    }

    @Test
    void aDefaultOfAnotherShapeIsRefused() {
        refused(door -> door.defaulted("door/open", "who", "7"), "is 7, which is no string");
        refused(door -> door.defaulted("door/open", "hinge", "[]"), "hinge");
        refused(door -> door.defaulted("hinge", "oiled", "\"no\""), "boolean");
        refused(door -> door.defaulted("door", "hinges", "{}"), "list");
        refused(door -> door.defaulted("door", "count", "1.5"), "long");
    }

    private static void refused(UnaryOperator<Machine.Draft<Object, State, DoorAction>> evolution, String named) {
        assertThatIllegalArgumentException().isThrownBy(() -> schema(evolution)).withMessageContaining(named);
    }

    @Test
    void aDefaultOfAnUnknownTypeOrFieldIsRefused() {
        refused(door -> door.defaulted("door/knock", "who", "\"\""), "door/knock");
        refused(door -> door.defaulted("gate/open", "who", "\"\""), "gate/open");
        refused(door -> door.defaulted("lock", "side", "\"\""), "lock");
        refused(door -> door.defaulted("door/open", "why", "\"\""), "why");
        refused(door -> door.defaulted("hinge", "rusty", "true"), "rusty");
        refused(door -> door.defaulted("door", "total", "0"), "total");
        refused(door -> door.defaulted("pair", "third", "0"), "third");
    }

    @Test
    void aDefaultThatIsNoJsonIsRefused() {
        for (String bad : List.of("", " ", "{nope", "nope", "\"open", "[1,", "{\"a\":}", "1 2", "\"a\" b")) {
            refused(door -> door.defaulted("door/open", "who", bad), "who");
        }
    }

    @Test
    void aFormerNameOfAnUnknownTypeOrFieldIsRefused() {
        refused(door -> door.renamed("unlock", "enter"), "enter");
        refused(door -> door.renamedField("door/knock", "name", "who"), "door/knock");
        refused(door -> door.renamedField("lock", "left", "side"), "lock");
        refused(door -> door.renamedField("door/open", "name", "why"), "why");
        refused(door -> door.renamedField("pair", "one", "third"), "third");
    }

    /** Every such action in the log would be read as another. */
    @Test
    void aFormerNameThatATypeHasNowIsRefused() {
        refused(door -> door.renamed("open", "shut"), "open");
        refused(door -> door.renamed("chime", "toll"), "chime");
    }

    @Test
    void whatATypeOrFieldWasCalledOnceIsTaken() {
        assertThat(schema(door -> door.renamed("unlock", "open")
                        .renamed("ring", "chime")
                        .renamedField("door/open", "name", "who")
                        .renamedField("hinge", "left", "side")
                        .renamedField("door", "total", "count")
                        .renamedField("pair", "one", "first")
                        .defaulted("door/open", "who", "\"\"")
                        .defaulted("hinge", "oiled", "false")
                        .defaulted("pair", "second", "7")
                        .defaulted("door", "hinges", "[]")))
                .isEqualTo(schema(door -> door));
    }
}
