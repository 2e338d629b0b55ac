package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/** What happens to lanterns. */
sealed interface LanternAction extends Action {
    String lantern();

    @Override
    default Subject about() {
        return Subject.of("lantern", lantern());
    }

    /** Somebody wants a lantern lit. */
    record Light(String lantern, Ticket ticket) implements LanternAction, Action.Wish {}
    /** The match has caught. */
    record Caught(String lantern) implements LanternAction {}
    /** The match has not caught in time, or the lantern has burnt down. */
    record Spent(String lantern) implements LanternAction {}
}
