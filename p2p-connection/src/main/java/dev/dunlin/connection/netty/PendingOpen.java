package dev.dunlin.connection.netty;

import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.store.ActionId;

/** A stream that the node has asked for; its connection's event loop alone uses it. */
final class PendingOpen {
    final ActionId id;
    final StreamEffect.OpenInit effect;

    /** Whether the node was told what became of it. */
    boolean answered;

    PendingOpen(ActionId id, StreamEffect.OpenInit effect) {
        this.id = id;
        this.effect = effect;
    }
}
