package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;

/** What happens to gates. */
public sealed interface GateAction extends Action {

    /** Somebody wants a gate open. */
    record Open(String gate) implements GateAction {}

    /** The motor opened it, as {@code asked}. */
    record Opened(String gate, ActionId asked, Handle handle) implements GateAction, Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    /** The motor could not. */
    record Jammed(String gate) implements GateAction {}

    /** Somebody wants a gate shut. */
    record Shut(String gate) implements GateAction {}

    /** A gate is shut: because it was told so, or because the wind did it. */
    record Closed(Handle handle) implements GateAction, Action.EndsHandle {
        @Override
        public Handle ended() {
            return handle;
        }
    }

    /** A deadline may have come. */
    record Tick() implements GateAction {}

    /** The deadline of one gate has come. */
    record Expired(String gate) implements GateAction {}

    /** The node has booted: whatever the motor held is gone. */
    record Restarted() implements GateAction {}
}
