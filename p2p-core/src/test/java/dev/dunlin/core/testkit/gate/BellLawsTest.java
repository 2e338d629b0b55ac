package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import java.util.List;

/** The bell obeys the laws. */
class BellLawsTest extends MachineLaws<House, BellState, BellAction> {

    @Override
    protected Machine<? super House, BellState, BellAction> machine() {
        return BellMachine.BELL;
    }

    @Override
    protected Store<House> store(Machine<? super House, BellState, BellAction> bell) {
        return House.store(GateMachine.GATE, bell);
    }

    @Override
    protected List<Script<House>> scripts() {
        return List.of(new Script<>("the battery runs down", driver -> {
            for (int i = 0; i <= BellState.INITIAL.battery(); i++) {
                driver.dispatch(new BellAction.Rang(""));
            }
        }));
    }
}
