package dev.dunlin.core.runtime;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;

/**
 * Hands effects of one kind to their service. It sees no state, decides nothing, never blocks and never throws.
 *
 * @param <E> the effects
 */
@FunctionalInterface
public interface EffectHandler<E extends Effect> {

    /**
     * Has an effect carried out.
     *
     * @param id what the answer refers to
     */
    void handle(ActionId id, E effect);
}
