package dev.dunlin.core.testkit;

import static dev.dunlin.core.testkit.DunlinAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.store.Transition;
import dev.dunlin.core.testkit.gate.BellSlice;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.GateSlice;
import dev.dunlin.core.testkit.gate.GateState;
import dev.dunlin.core.testkit.gate.House;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclaredTest {

    private static StoreDriver<House> booted(Altered<Object, GateState, GateAction> gates) {
        StoreDriver<House> driver = StoreDriver.of(House.store(Declared.only(gates), new BellSlice()));
        driver.boot();
        return driver;
    }

    @Test
    void whatIsDeclaredHappensAsBefore() {
        StoreDriver<House> driver = booted(Altered.of(new GateSlice()));
        assertThat(driver.dispatch(new GateAction.Open("front"))).isEnabled().changedOnly("gate");
    }

    @Test
    void whatIsNotDeclaredThrows() {
        GateSlice gates = new GateSlice();
        List<Transition> fewer = gates.transitions().stream()
                .filter(transition -> !transition.equals(new Transition("shut", "open", "opening")))
                .toList();
        StoreDriver<House> driver = booted(Altered.of(gates).declaring(fewer));
        assertThatThrownBy(() -> driver.dispatch(new GateAction.Open("front")))
                .hasStackTraceContaining("not declared: shut --open--> opening of ");
    }
}
