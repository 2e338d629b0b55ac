package dev.dunlin.core.store;

/**
 * Something that happened, or is wished: the only thing that changes state. Records only; past tense for facts
 * ({@code Connected}), imperative for wishes ({@code Connect}).
 */
public interface Action {

    /** What it is about: logs are searched by it, and diagrams are drawn for it. */
    default Subject about() {
        return Subject.MACHINE;
    }

    /** A wish whose asker is told what becomes of it: the outcome echoes the ticket. */
    interface Wish extends Action {
        /**
         * Who asks. If a guard disables the wish, the store itself answers with {@link NodeOutcome.Refused};
         * {@link Ticket#NONE} if nobody waits.
         */
        Ticket ticket();
    }

    /** New work that must not wait behind a flood: a vote, an operator's order. It is taken from a lane of its own. */
    interface Control extends Action {}

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
