package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.SliceLaws;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import net.jqwik.api.Arbitrary;

/** How the laws are asked of gates. */
abstract class GateLaws extends SliceLaws<House, GateState, GateAction> {

    @Override
    protected Store<House> store(Slice<? super House, GateState, GateAction> gates) {
        return House.store(gates, new BellSlice());
    }

    // Nobody but the boot says that the node restarted: as an input of its own it would be a lie.
    @Override
    protected TypeArbitraries types() {
        return TypeArbitraries.small().without(GateAction.Restarted.class);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return TypeArbitraries.wide().without(GateAction.Restarted.class).of(GateAction.class);
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
