package dev.dunlin.core.testkit;

import static dev.dunlin.core.testkit.DunlinAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.gate.BellAction;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.GateEffect;
import dev.dunlin.core.testkit.gate.GateState;
import dev.dunlin.core.testkit.gate.House;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The driver and the assertions, said of gates; also what a test of one's own machine looks like. */
class StoreDriverTest {

    private static final Handle MOTOR = new Handle("motor", 1, 1);
    private static final Subject FRONT = Subject.of("gate", "front");

    private final StoreDriver<House> driver = StoreDriver.of(House.store());

    private ActionId opening() {
        driver.boot();
        driver.dispatch(new GateAction.Open("front"));
        return driver.awaiting(GateEffect.Unlock.class).id();
    }

    private void open() {
        ActionId asked = opening();
        driver.answer(asked, new GateAction.Opened("front", asked, MOTOR));
    }

    @Test
    void aGateOpensAndShutsAgainAfterAWhile() {
        driver.boot();
        assertThat(driver.dispatch(new GateAction.Open("front")))
                .isEnabled()
                .rejectedNothing()
                .emittedExactly(new GateEffect.Unlock("front"))
                .changedOnly("gate");
        assertThat(driver).awaits(GateEffect.Unlock.class).hasPhase("gate", FRONT, "opening");

        ActionId asked = driver.awaiting(GateEffect.Unlock.class).id();
        assertThat(driver.answer(asked, new GateAction.Opened("front", asked, MOTOR)))
                .isEnabled()
                .ledToNothing()
                .changedOnly("node", "gate");
        assertThat(driver)
                .awaits()
                .hasOpen(MOTOR)
                .hasPhase("gate", FRONT, "open")
                .ticksIn(30_000_000);

        assertThat(driver.advanceBy(29_999_999)).isEmpty();
        List<Turn> ticks = driver.advanceBy(1);
        assertThat(ticks).hasSize(1);
        assertThat(ticks.getFirst())
                .ledToExactly(GateAction.Expired.class, GateEffect.Lock.class)
                .ledTo(new GateAction.Expired("front"))
                .emitted(new GateEffect.Lock(MOTOR));
        assertThat(driver).hasPhase("gate", FRONT, "closing");

        driver.dispatch(new GateAction.Closed(MOTOR));
        assertThat(driver).hasOpen().hasPhase("gate", FRONT, "shut");
        assertThat(driver.rejections()).isEmpty();
        assertThat(driver.root().gates()).isEqualTo(GateState.INITIAL);
    }

    @Test
    void rejectionsSayWhy() {
        driver.boot();
        for (String gate : List.of("a", "b", "c")) {
            driver.dispatch(new GateAction.Open(gate));
        }
        assertThat(driver.dispatch(new GateAction.Open("a")))
                .changedNothing()
                .isRejected()
                .by("is-shut");
        Turn full = driver.dispatch(new BellAction.Rang("d"));
        assertThat(full).isEnabled().changedOnly("bell").emittedNothing();
        assertThat(full)
                .rejected(GateAction.Open.class)
                .by("has-room")
                .withOperand("gates", 3)
                .withOperand("maxGates", 3);
        assertThat(driver.rejections(GateAction.Open.class)).hasSize(2);
        assertThat(driver.rejections(GateAction.Shut.class)).isEmpty();
        assertThat(driver.rejections().getLast())
                .isEqualTo(new Rejection(
                        full.id(1),
                        new GateAction.Open("d"),
                        "has-room",
                        List.of(new Operand("gates", "3"), new Operand("maxGates", "3"))));
        assertThat(driver.rejections().getFirst()).by("is-shut");
    }

    @Test
    void findsByType() {
        open();
        assertThat(driver.actions(GateAction.class))
                .extracting(Object::getClass)
                .containsExactly(GateAction.Open.class, GateAction.Opened.class);
        assertThat(driver.effects(GateEffect.Unlock.class)).containsExactly(new GateEffect.Unlock("front"));
        assertThat(driver.effects(NodeEffect.class)).isEmpty();
        assertThat(driver.turns()).hasSize(3);
        assertThat(driver.lastTurn()).contains(driver.turns().getLast());
    }

    @Test
    void aRequestIsAnsweredOnce() {
        ActionId asked = opening();
        driver.answer(GateEffect.Unlock.class, new GateAction.Jammed("front"));
        assertThatThrownBy(() -> driver.answer(asked, new GateAction.Jammed("front")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no effect " + asked + " awaits an answer");
        assertThatThrownBy(() -> driver.awaiting(GateEffect.Unlock.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no Unlock awaits an answer");
        // What comes late all the same is a recorded rejection, and its handle is closed.
        Turn late = driver.input(new Input(new GateAction.Opened("front", asked, MOTOR), asked));
        assertThat(late)
                .emittedExactly(new NodeEffect.CloseHandle(MOTOR))
                .isRejected()
                .by("was-asked");
    }

    @Test
    void aBootForgetsWhatServicesWereAsked() {
        opening();
        assertThat(driver).awaits(GateEffect.Unlock.class);
        driver.boot(Table.of("key", "value"), 99);
        assertThat(driver).awaits();
        assertThat(driver.node().run()).isEqualTo(2);
        assertThat(driver.node().seed()).isEqualTo(99);
        assertThat(driver.node().config()).isEqualTo(Table.of("key", "value"));
        assertThat(driver.actions(NodeAction.Booted.class).getLast().wallTime()).isEqualTo(driver.now());
    }

    @Test
    void timePassesFromDeadlineToDeadline() {
        open();
        driver.advanceBy(10);
        driver.dispatch(new GateAction.Open("back"));
        long patience = driver.store().nextDeadline();
        assertThat(patience).isBetween(driver.now() + 5_000_000, driver.now() + 6_000_000);
        assertThat(driver.advanceToNextDeadline()).hasSize(1);
        assertThat(driver.now()).isEqualTo(patience);
        assertThat(driver).hasPhase("gate", Subject.of("gate", "back"), "shut");
        List<Turn> rest = driver.advanceBy(3_600_000_000L);
        assertThat(rest).extracting(Turn::now).containsExactly(StoreDriver.START + 30_000_000);
        assertThat(driver.now()).isEqualTo(patience + 3_600_000_000L);
        assertThat(driver.advanceToNextDeadline()).isEmpty();
    }

    @Test
    void whoOversleepsTicksLate() {
        open();
        List<Turn> late = driver.oversleepTo(driver.now() + 3_600_000_000L);
        assertThat(late).extracting(Turn::now).containsExactly(StoreDriver.START + 3_600_000_000L);
    }

    @Test
    void refusesThePast() {
        driver.boot();
        assertThatThrownBy(() -> driver.advanceTo(StoreDriver.START - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time runs backwards");
        assertThatThrownBy(() -> driver.oversleepTo(StoreDriver.START - 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    @Test
    void assertionsThatDoNotHoldSayWhatHappened() {
        Turn boot = driver.boot();
        Turn open = driver.dispatch(new GateAction.Open("front"));
        Turn twice = driver.dispatch(new GateAction.Open("front"));
        fails(() -> assertThat(twice).isEnabled(), "Open[gate=front, ticket=#0] (disabled: is-shut");
        fails(() -> assertThat(open).isRejected(), "was to be rejected");
        fails(() -> assertThat(open).rejected(GateAction.Shut.class), "some Shut was to be rejected");
        fails(() -> assertThat(twice).rejectedNothing(), "nothing was to be rejected");
        fails(() -> assertThat(twice).isRejected().by("has-room"), "by the clause has-room, and was by is-shut");
        fails(() -> assertThat(twice).isRejected().withOperand("a", 1), "was to look at a=1");
        fails(() -> assertThat(boot).ledTo(new GateAction.Open("front")), "was to lead to Open[gate=front, ");
        fails(() -> assertThat(open).ledToNothing(), "then Unlock[gate=front]");
        fails(() -> assertThat(boot).ledToExactly(GateAction.Open.class), "was to lead to");
        fails(() -> assertThat(boot).emitted(new GateEffect.Unlock("front")), "was to emit [Unlock[gate=front]]");
        fails(() -> assertThat(open).emittedNothing(), "was to emit just []");
        fails(() -> assertThat(open).changedNothing(), "was to change [] and changed [gate]");
        fails(() -> assertThat(driver).awaits(), "were to await an answer");
        fails(() -> assertThat(driver).hasOpen(MOTOR), "[motor:1:1] were to be open, not []");
        fails(() -> assertThat(driver).ticksIn(1), "was to be due in 1 us");
        fails(() -> assertThat(driver).hasPhase("gate", FRONT, "open"), "not opening");
        fails(() -> assertThat(driver).hasPhase("door", FRONT, "open"), "no machine door is mounted");
    }
}
