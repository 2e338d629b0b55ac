package dev.dunlin.core.store;

/**
 * Something that happened, or is wished: the only thing that changes state. Records only; past tense for facts
 * ({@code Connected}), imperative for wishes ({@code Connect}).
 */
public interface Action {

    /** A fact that brings a handle to something open in the world; if the fact is disabled, the runtime closes it. */
    interface BringsHandle extends Action {
        /** What was opened. */
        Handle brought();
    }

    /** The fact that what a handle stood for is closed. Exactly one follows each {@link BringsHandle}. */
    interface EndsHandle extends Action {
        /** What is closed. */
        Handle ended();
    }

    /** A fact that tells the outcome of what somebody asked, echoing the ticket of who asked. */
    interface Ticketed extends Action {
        /** The ticket of the wish. */
        Ticket ticket();
    }
}
