package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/** What happens to gates. */
public sealed interface GateAction extends Action {

    /** About one gate. */
    sealed interface OfGate extends GateAction {
        /** Its name. */
        String gate();

        @Override
        default Subject about() {
            return Subject.of("gate", gate());
        }
    }

    /** Somebody wants a gate open. {@link GateOutcome} tells what becomes of it. */
    record Open(String gate, Ticket ticket) implements OfGate, Action.Wish {
        /** As if nobody waited for the outcome. */
        public Open(String gate) {
            this(gate, Ticket.NONE);
        }
    }

    /** The motor opened it, as {@code asked}. */
    record Opened(String gate, ActionId asked, Handle handle) implements OfGate, Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    /** The motor could not. */
    record Jammed(String gate) implements OfGate {}

    /** Somebody wants a gate shut. */
    record Shut(String gate) implements OfGate {}

    /** A gate is shut: because it was told so, or because the wind did it. */
    record Closed(Handle handle) implements GateAction, Action.EndsHandle {
        @Override
        public Handle ended() {
            return handle;
        }
    }

    /** A gate has been opening or open for long enough. */
    record Expired(String gate) implements OfGate {}
}
