package dev.dunlin.connection.extension;

import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node, as an extension's services see it. What they hand in goes through the {@link Port}: it may be kept from the beginning
 * on, and takes nothing before the node has booted. Handlers are given while {@link Extension#begin} runs, and not later.
 */
public interface Host extends Port {

    /** What the node is configured with, by key; as its machines get it at the boot. */
    Table<String, String> config();

    /**
     * The handler of all effects under a sealed interface, or of one type; as
     * {@link dev.dunlin.core.runtime.NodeBuilder#handler}.
     *
     * @throws IllegalStateException if the node has started
     */
    <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler);

    /**
     * Who closes handles of a kind that no state took. Every kind that the services hand out has one.
     *
     * @throws IllegalStateException if the node has started
     * @throws IllegalArgumentException if the kind is another's
     */
    void closes(String kind, Consumer<Handle> close);

    /**
     * Asks the node for something; as {@link dev.dunlin.core.runtime.NodeRuntime#ask}.
     *
     * @throws IllegalStateException if the node has not started
     */
    CompletionStage<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout);

    /**
     * As {@link #ask(String, Function, Duration)}, and tells what is found on the way; as
     * {@link dev.dunlin.core.runtime.NodeRuntime#ask(String, Function, Duration, Consumer)}.
     *
     * @throws IllegalStateException if the node has not started
     */
    CompletionStage<Action.Ticketed> ask(
            String key, Function<Ticket, Action> wish, Duration timeout, Consumer<? super Outcome.Progress> progress);

    /**
     * The state of a machine after the last input that is done; from any thread.
     *
     * @throws IllegalArgumentException if the node has no such machine
     * @throws IllegalStateException if the node has not started
     */
    <S> S state(Machine<?, S, ?> machine);
}
