package dev.dunlin.core.runtime;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A running node: one thread owns the store; inputs come through a bounded queue; effects go to services; every input goes
 * to the log. The state is published once per input and may be read from any thread.
 *
 * @param <R> the root of the state tree
 */
public final class NodeRuntime<R> implements Port {

    private final Asking asking = new Asking();
    private final Figures figures = new Figures();
    private final StoreThread<R> thread;
    private final Inbox inbox;
    private final Door door;

    NodeRuntime(NodeBuilder<R> builder) {
        this.thread = new StoreThread<>(builder, asking, figures);
        this.inbox = thread.inbox();
        this.door = new Door(builder.store, inbox, builder.budgets, figures.refusals);
    }

    /** Wires a runtime around a store. */
    public static <R> NodeBuilder<R> of(Store<R> store) {
        return new NodeBuilder<>(store);
    }

    /**
     * Boots and starts. Before that, no new work is taken.
     *
     * @param build names this build
     * @param config the configuration; secrets are references
     * @param seed fresh, for the run's random draws
     * @throws IllegalStateException if it was started or stopped before
     */
    public synchronized void start(String build, Table<String, String> config, long seed) {
        if (!thread.isNew()) {
            throw new IllegalStateException("the node was started or stopped before");
        }
        thread.start((run, wall) -> new NodeAction.Booted(run, build, config, wall, seed));
    }

    @Override
    public void answer(ActionId request, Action fact) {
        door.check(fact);
        inbox.answer(request, fact);
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        door.check(fact);
        inbox.end(fact);
    }

    @Override
    public Offer offer(Action fact) {
        return offer(fact, true);
    }

    private Offer offer(Action fact, boolean fairly) {
        door.check(fact);
        if (!thread.takesWork()) {
            return Offer.STOPPING;
        }
        return door.offer(
                fact,
                fairly,
                new Door.Load(figures.requests, state().node().handles().size(), isUnwritable()));
    }

    /**
     * Asks the node for something and waits, elsewhere, for the outcome. What a caller does with it runs on a thread of its own.
     *
     * @param key makes the request idempotent: while one of this key waits, its future is given to all
     * @param wish makes the wish, of the ticket that the outcome will echo: an {@link Action.Wish}, or nobody answers
     * @param timeout after this the future fails with a {@link TimeoutException}; the wish itself goes on
     * @return the outcome; fails with {@link RefusedException} if the wish was disabled or there was no room
     * @throws IllegalArgumentException if it cannot be recorded
     */
    public CompletableFuture<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout) {
        return ask(key, wish, timeout, ignored -> {});
    }

    /**
     * As {@link #ask(String, Function, Duration)}, and tells what is found on the way.
     *
     * @param progress is told of each {@link Outcome.Progress}, one after the other on a thread of its own, and of all of them before
     *     the future is completed with an outcome: it waits for whoever is slow to take them, but for its time-out and the end of the
     *     node, after which nothing more is told. Of those that come while 4,096 wait nothing is told. If another waits for the same
     *     key already, only that one is told
     */
    public CompletableFuture<Action.Ticketed> ask(
            String key, Function<Ticket, Action> wish, Duration timeout, Consumer<? super Outcome.Progress> progress) {
        // An operator's wish about a peer is not that peer's.
        return asking.ask(key, wish, timeout, progress, action -> offer(action, false));
    }

    /**
     * Has every turn told to a watcher, on the store's thread: it must be quick and not throw. All watchers are told of a turn before
     * those who have asked are told its outcomes.
     */
    public void watch(Consumer<Turn> watcher) {
        thread.watchers().add(watcher);
    }

    /** Tells a watcher no more. */
    public void unwatch(Consumer<Turn> watcher) {
        thread.watchers().remove(watcher);
    }

    /** The state after the last input that is done; from any thread. */
    public StoreState<R> state() {
        return thread.state();
    }

    /** Up to which input the log is forced; the last input if there is no log. */
    public long forced() {
        LogThread log = thread.log();
        return log == null ? state().input() : log.forced();
    }

    /** Whether the log cannot be written now, as on a full disk: new work is refused meanwhile. */
    public boolean isUnwritable() {
        LogThread log = thread.log();
        return log != null && log.unwritable();
    }

    /** Figures. */
    public RuntimeStats stats() {
        return figures.stats(
                inbox,
                asking,
                thread.watchdog(),
                thread.log(),
                state().node().handles().size(),
                forced());
    }

    /** Completes when the node has stopped; exceptionally with the {@link NodeFailure} that says what broke it. */
    public CompletableFuture<Void> ended() {
        return thread.ended();
    }

    /**
     * Takes no new work, does what is queued, forces and closes the log, and ends. The folder stays locked until the storage that
     * the log was opened on is closed, too.
     */
    public synchronized CompletableFuture<Void> stop() {
        thread.stop();
        return thread.ended();
    }
}
