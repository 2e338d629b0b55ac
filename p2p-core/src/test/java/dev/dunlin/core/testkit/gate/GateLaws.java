package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import net.jqwik.api.Arbitrary;

/** How the laws are asked of gates. */
public abstract class GateLaws extends MachineLaws<House, GateState, GateAction> {

    @Override
    protected Store<House> store(Machine<? super House, GateState, GateAction> gates) {
        return House.store(gates, BellMachine.BELL);
    }

    @Override
    protected List<Script<House>> scripts() {
        return List.of(new Script<>(
                "a name that is too long", driver -> driver.dispatch(new GateAction.Open("a".repeat(17)))));
    }

    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(types().of(BellAction.class));
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<House> driver) {
        return asked.effect() instanceof GateEffect.Unlock(String gate)
                ? List.of(
                        new GateAction.Opened(gate, asked.id(), TypeArbitraries.someHandle("handle")),
                        new GateAction.Opened(gate, asked.id(), TypeArbitraries.someHandle("handle")),
                        new GateAction.Jammed(gate))
                : List.of();
    }
}
