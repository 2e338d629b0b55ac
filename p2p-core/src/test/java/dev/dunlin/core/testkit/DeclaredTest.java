package dev.dunlin.core.testkit;

import static dev.dunlin.core.testkit.DunlinAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.testkit.gate.BellMachine;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.GateMachine;
import dev.dunlin.core.testkit.gate.GateState;
import dev.dunlin.core.testkit.gate.House;
import org.junit.jupiter.api.Test;

class DeclaredTest {

    private static StoreDriver<House> booted(Machine<Object, GateState, GateAction> gates) {
        StoreDriver<House> driver = StoreDriver.of(House.store(Declared.only(gates), BellMachine.BELL));
        driver.boot();
        return driver;
    }

    private static Machine<Object, GateState, GateAction> declaring(String transitions) {
        return GateMachine.GATE.altered().transitions(transitions).budget(GateMachine.GATE.byteBudget());
    }

    @Test
    void whatIsDeclaredHappensAsBefore() {
        StoreDriver<House> driver = booted(GateMachine.GATE);
        assertThat(driver.dispatch(new GateAction.Open("front"))).isEnabled().changedOnly("gate");
        assertThat(driver.boot()).isEnabled().changedOnly("node", "gate");
    }

    @Test
    void whatIsNotDeclaredThrows() {
        StoreDriver<House> driver = booted(declaring("opening > open: opened"));
        assertThatThrownBy(() -> driver.dispatch(new GateAction.Open("front")))
                .hasStackTraceContaining("not declared: shut --open--> opening of ");
    }

    @Test
    void aBootThatIsNotDeclaredThrows() {
        StoreDriver<House> driver = booted(declaring("shut > opening: open"));
        driver.dispatch(new GateAction.Open("front"));
        assertThatThrownBy(driver::boot).hasStackTraceContaining("not declared: opening --booted--> shut of ");
    }
}
