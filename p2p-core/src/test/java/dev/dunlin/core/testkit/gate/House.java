package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/**
 * The root: all that the house is.
 *
 * @param gates its gates
 * @param bell its bell
 */
public record House(GateState gates, BellState bell) {

    /** All shut, all quiet. */
    public static final House INITIAL = new House(GateState.INITIAL, BellState.INITIAL);

    House withGates(GateState changed) {
        return new House(changed, bell);
    }

    House withBell(BellState changed) {
        return new House(gates, changed);
    }

    /** A house with gates that work. */
    public static Store<House> store() {
        return store(GateMachine.GATE, BellMachine.BELL);
    }

    /** A house with these gates and this bell. */
    public static Store<House> store(
            Machine<? super House, GateState, GateAction> gates, Machine<? super House, BellState, BellAction> bell) {
        return Store.of(INITIAL)
                .mount(gates, House::gates, House::withGates)
                .mount(bell, House::bell, House::withBell)
                .build();
    }
}
