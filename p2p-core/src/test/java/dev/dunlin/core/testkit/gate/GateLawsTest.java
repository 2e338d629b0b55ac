package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Slice;

/** The gates obey the laws. */
class GateLawsTest extends GateLaws {

    @Override
    protected Slice<? super House, GateState, GateAction> slice() {
        return new GateSlice();
    }
}
