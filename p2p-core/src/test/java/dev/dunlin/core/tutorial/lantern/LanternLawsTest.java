package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.StoreDriver;
import java.util.List;

/** Lanterns obey the laws. */
final class LanternLawsTest extends MachineLaws<LanternTest.Root, LanternState, LanternAction> {

    @Override
    protected Machine<? super LanternTest.Root, LanternState, LanternAction> machine() {
        return LanternMachine.LANTERN;
    }

    @Override
    protected Store<LanternTest.Root> store(Machine<? super LanternTest.Root, LanternState, LanternAction> machine) {
        return LanternTest.store(machine);
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<LanternTest.Root> driver) {
        return asked.effect() instanceof LanternEffect.Strike(String name)
                ? List.of(new LanternAction.Caught(name))
                : List.of();
    }
}
