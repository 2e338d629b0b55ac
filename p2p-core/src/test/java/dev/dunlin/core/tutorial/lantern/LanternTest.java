package dev.dunlin.core.tutorial.lantern;

import static dev.dunlin.core.testkit.DunlinAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.store.Diagram;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.PackagePage;
import dev.dunlin.core.testkit.StoreDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What lanterns do, how few lines they take, and at how many places they are changed. */
final class LanternTest {

    record Root(LanternState lanterns) {}

    static Store<Root> store(Machine<? super Root, LanternState, LanternAction> machine) {
        return Store.of(new Root(LanternState.DARK))
                .mount(machine, Root::lanterns, (root, changed) -> new Root(changed))
                .build();
    }

    private static final int MOST_LINES = 150;
    private static final Path FILES = Path.of("src/test/java/dev/dunlin/core/tutorial/lantern");
    private static final Ticket ANNA = new Ticket(Ticket.API, 1);

    private static final Variants.Insertion SNUFF = new Variants.Insertion(
            "LanternAction",
            "    /** Somebody wants",
            "    record Snuff(String lantern) implements LanternAction {}\n");
    private static final Variants.Insertion WHEN = new Variants.Insertion(
            "LanternGuards",
            "            .always(LanternAction.Spent.class)",
            "            .on(LanternAction.Snuff.class, Clauses.when(\"is-lit\", "
                    + "(own, wish) -> own.phase(wish.about()).equals(\"lit\")))\n");
    private static final Variants.Insertion THEN = new Variants.Insertion(
            "LanternReducer",
            "            case LanternAction.Spent(",
            "            case LanternAction.Snuff(String name) -> new LanternState(own.lanterns().without(name));\n");
    private static final Variants.Insertion ARROW = new Variants.Insertion(
            "LanternMachine", "                    struck, lit > dark", "                    lit > dark: snuff\n");

    private final StoreDriver<Root> lanterns = StoreDriver.of(store(LanternMachine.LANTERN));

    @Test
    void aLanternIsLitBurnsDownAndTellsWhoAsked() {
        lanterns.boot();
        assertThat(lanterns.dispatch(new LanternAction.Light("porch", ANNA)))
                .emittedExactly(new LanternEffect.Strike("porch"));
        assertThat(lanterns.answer(LanternEffect.Strike.class, new LanternAction.Caught("porch")))
                .ledToExactly(LanternOutcome.Tried.class)
                .ledTo(new LanternOutcome.Tried(ANNA, "porch", true));
        assertThat(lanterns)
                .hasPhase("lantern", Subject.of("lantern", "porch"), "lit")
                .ticksIn(LanternReducer.BURNS);
        lanterns.advanceBy(LanternReducer.BURNS);
        assertThat(lanterns).hasPhase("lantern", Subject.of("lantern", "porch"), "dark");
    }

    @Test
    void whoAsksInVainIsToldWhy() {
        lanterns.boot();
        lanterns.dispatch(new LanternAction.Light("porch", ANNA));
        assertThat(lanterns.dispatch(new LanternAction.Light("porch", ANNA)))
                .ledTo(new NodeOutcome.Refused(
                        ANNA, "lantern/light", Subject.of("lantern", "porch"), "is-dark", List.of()));
        assertThat(lanterns.advanceBy(LanternReducer.PATIENCE))
                .singleElement()
                .satisfies(tick -> assertThat(tick).ledTo(new LanternOutcome.Tried(ANNA, "porch", false)));
    }

    @Test
    void theDiagramIsOnThePage() {
        assertThat(PackagePage.of(LanternMachine.LANTERN)).contains(Diagram.of(LanternMachine.LANTERN));
    }

    @Test
    void theWholeMachineIsAtMostSoManyLines() throws IOException {
        long lines = 0;
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.filter(any -> Variants.isOfTheMachine(any)).toList()) {
                lines += Files.readAllLines(file).size();
            }
        }
        assertThat(lines).isBetween(80L, (long) MOST_LINES);
    }

    @Test
    void anOutcomeIsAddedAtOnePlace() throws Exception {
        Machine<?, ?, ?> machine = Variants.machine(
                FILES,
                new Variants.Insertion(
                        "LanternOutcome",
                        "    /** The match has",
                        "    record Warm(Ticket ticket, String lantern) implements LanternOutcome {}\n"));
        assertThat(machine.types().actions()).containsKey("warm").hasSize(6);
        Variants.mount(machine);
    }

    @Test
    void anActionIsAddedAtFourPlaces() throws Exception {
        Machine<?, ?, ?> machine = Variants.machine(FILES, SNUFF, WHEN, THEN, ARROW);
        assertThat(machine.types().actions()).containsKey("snuff").hasSize(6);
        assertThat(machine.transitions()).anyMatch(arrow -> arrow.action().equals("snuff"));
        Variants.mount(machine);
    }

    @Test
    void anActionThatIsForgottenSomewhereIsFound() throws Exception {
        assertThatIllegalArgumentException()
                .as("the compiler finds the reducer's gap")
                .isThrownBy(() -> Variants.machine(FILES, SNUFF, WHEN, ARROW))
                .withMessageContaining("does not cover all possible input values");
        Machine<?, ?, ?> unguarded = Variants.machine(FILES, SNUFF, THEN, ARROW);
        assertThatIllegalArgumentException()
                .as("mounting finds the gap among the guards")
                .isThrownBy(() -> Variants.mount(unguarded))
                .withMessageContaining("Snuff has no guard in lantern");
    }
}
