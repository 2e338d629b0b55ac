package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Action;

/** What happens to the bell. */
public sealed interface BellAction extends Action {

    /** Somebody rang at a gate, or at the house where it is empty. */
    record Rang(String gate) implements BellAction {}
}
