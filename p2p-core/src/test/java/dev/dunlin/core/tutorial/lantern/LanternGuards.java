package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;

/** When a lantern may do what. */
final class LanternGuards {
    static final int ROOM = 3;

    static final Guards<Object, LanternState, LanternAction> ALL = Guards.<Object, LanternState, LanternAction>of()
            .on(
                    LanternAction.Light.class,
                    Clauses.absent("is-dark", LanternState::lanterns, LanternAction.Light::lantern),
                    Clauses.below("has-room", own -> own.lanterns().size(), "room", own -> ROOM))
            .on(
                    LanternAction.Caught.class,
                    Clauses.when(
                            "is-struck", (own, fact) -> own.phase(fact.about()).equals("struck")))
            .always(LanternAction.Spent.class)
            .build();
}
