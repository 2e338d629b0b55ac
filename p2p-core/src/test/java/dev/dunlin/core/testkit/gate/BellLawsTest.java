package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.SliceLaws;
import java.util.List;

/** The bell obeys the laws. */
class BellLawsTest extends SliceLaws<House, BellState, BellAction> {

    @Override
    protected Slice<? super House, BellState, BellAction> slice() {
        return new BellSlice();
    }

    @Override
    protected Store<House> store(Slice<? super House, BellState, BellAction> bell) {
        return House.store(new GateSlice(), bell);
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
