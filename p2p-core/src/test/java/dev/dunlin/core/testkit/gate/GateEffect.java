package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;

/** What the motor is asked. */
public sealed interface GateEffect extends Effect {

    /** Open a gate; {@link GateAction.Opened} or {@link GateAction.Jammed} answers. */
    record Unlock(String gate) implements GateEffect, Effect.Request {}

    /** Shut what is held; {@link GateAction.Closed} will say when it is. */
    record Lock(Handle handle) implements GateEffect, Effect.Fire {}
}
