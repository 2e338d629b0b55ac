package dev.dunlin.core.runtime;

import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a running node needs; begun by {@link NodeRuntime#of}.
 *
 * @param <R> the root of the state tree
 */
public final class NodeBuilder<R> {
    final Store<R> store;
    final EffectHandlers handlers;
    Budgets budgets = Budgets.DEFAULT;
    NodeClock clock = NodeClock.SYSTEM;
    LogOptions options = LogOptions.DEFAULT;

    @Nullable
    LogWriter writer;

    NodeBuilder(Store<R> store) {
        this.store = store;
        this.handlers = EffectHandlers.of(store);
    }

    /** Records to a log. Without one, durable effects do not wait. */
    public NodeBuilder<R> log(LogWriter to, LogOptions logOptions) {
        writer = to;
        options = logOptions;
        return this;
    }

    /** Bounds the queue; the other budgets stay as they are. */
    public NodeBuilder<R> capacity(int most) {
        return budgets(budgets.withQueued(most));
    }

    /** Bounds the queue, the requests in flight and the handles. */
    public NodeBuilder<R> budgets(Budgets bounds) {
        budgets = bounds;
        return this;
    }

    /** Takes other clocks than the system's. */
    public NodeBuilder<R> clock(NodeClock other) {
        clock = other;
        return this;
    }

    /** The handler of all effects under a sealed interface, or of one type. */
    public <E extends Effect> NodeBuilder<R> handler(Class<E> type, EffectHandler<? super E> handler) {
        handlers.with(type, handler);
        return this;
    }

    /**
     * The runtime, not yet started.
     *
     * @throws IllegalStateException if a mounted effect has no handler, or the log was not opened with this very store, so that
     *     the store's next input is not the log's next
     */
    public NodeRuntime<R> build() {
        if (writer != null && writer.taken() != store.state().input()) {
            throw new IllegalStateException("the log goes on behind input " + writer.taken()
                    + " and the store behind input " + store.state().input()
                    + ": open the log with the store that the node runs on");
        }
        return new NodeRuntime<>(this);
    }
}
