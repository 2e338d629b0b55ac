package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Effect;

/** What the world is asked. */
sealed interface LanternEffect extends Effect {
    /** Strike a match; {@link LanternAction.Caught} answers. */
    record Strike(String lantern) implements LanternEffect, Effect.Request {}
}
