package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Machine;

/** The gates obey the laws. */
class GateLawsTest extends GateLaws {

    @Override
    protected Machine<? super House, GateState, GateAction> machine() {
        return GateMachine.GATE;
    }
}
