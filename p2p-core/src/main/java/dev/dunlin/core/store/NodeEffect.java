package dev.dunlin.core.store;

/** The store's own effects. */
public sealed interface NodeEffect extends Effect {

    /**
     * Close what a handle stands for: the fact that brought it was disabled.
     *
     * @param handle the handle that no state holds
     */
    record CloseHandle(Handle handle) implements NodeEffect, Effect.Fire {}
}
