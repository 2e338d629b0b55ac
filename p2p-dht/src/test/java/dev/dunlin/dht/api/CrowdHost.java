package dev.dunlin.dht.api;

import dev.dunlin.connection.extension.Host;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.sim.KadCrowd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** A node of a crowd as a host: what callers hand in from any thread waits until {@link #drive} lets the world go on. */
class CrowdHost implements Host {

    private record Asking(CompletableFuture<Action.Ticketed> future, Consumer<? super Outcome.Progress> progress) {}

    private final KadCrowd crowd;
    private final int node;
    private final Table<String, String> config;
    private final Queue<Runnable> handedIn = new ConcurrentLinkedQueue<>();
    private final Map<Long, Asking> asking = new HashMap<>();
    private final AtomicLong tickets = new AtomicLong();
    private final List<Action> offered = new ArrayList<>();
    private boolean isStopped;

    CrowdHost(KadCrowd crowd, int node, Table<String, String> config) {
        this.crowd = crowd;
        this.node = node;
        this.config = config;
        crowd.onOutcome((number, outcome) -> {
            if (number == node) {
                told(outcome);
            }
        });
    }

    private void told(Action.Ticketed outcome) {
        long ticket = outcome.ticket().key();
        Asking known = asking.get(ticket);
        if (known == null) {
            return;
        }
        if (outcome instanceof Outcome.Progress progress) {
            known.progress().accept(progress);
        } else if (outcome instanceof NodeOutcome.Refused refused) {
            asking.remove(ticket);
            known.future().completeExceptionally(RefusedException.of(refused));
        } else {
            asking.remove(ticket);
            known.future().complete(outcome);
        }
    }

    /** What was handed in beside wishes that are awaited. */
    List<Action> offered() {
        return offered;
    }

    /** From now on nothing is taken. */
    void stop() {
        isStopped = true;
    }

    /** Lets the world go on until a future is done, or for so long. */
    void drive(CompletableFuture<?> future, Duration longest) {
        long until = crowd.now() + longest.toMillis() * 1000;
        while (!future.isDone() && crowd.now() < until) {
            handOver();
            crowd.runTo(crowd.now() + KadCrowd.SECOND / 100);
        }
        handOver();
    }

    private void handOver() {
        for (Runnable one = handedIn.poll(); one != null; one = handedIn.poll()) {
            one.run();
        }
    }

    /** Waits by the world's clock. */
    CompletableFuture<Void> pause(Duration wait) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        handedIn.add(() -> crowd.at(crowd.now() + wait.toMillis() * 1000, () -> over.complete(null)));
        return over;
    }

    @Override
    public Table<String, String> config() {
        return config;
    }

    @Override
    public CompletableFuture<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout) {
        return ask(key, wish, timeout, ignored -> {});
    }

    @Override
    public CompletableFuture<Action.Ticketed> ask(
            String key, Function<Ticket, Action> wish, Duration timeout, Consumer<? super Outcome.Progress> progress) {
        CompletableFuture<Action.Ticketed> future = new CompletableFuture<>();
        Ticket ticket = new Ticket(Ticket.API, tickets.incrementAndGet());
        Action made = wish.apply(ticket);
        handedIn.add(() -> {
            if (isStopped) {
                return;
            }
            asking.put(ticket.key(), new Asking(future, progress));
            crowd.say(node, made);
        });
        return future;
    }

    @Override
    public <S> S state(Machine<?, S, ?> machine) {
        Object state = switch (machine.name()) {
            case "routing" -> crowd.routing(node);
            case "dht" -> crowd.operations(node);
            case "records" -> crowd.records(node);
            case "kademlia" -> crowd.beside(node, 0);
            default -> throw new IllegalArgumentException("the node has no machine " + machine.name());
        };
        return machine.state().cast(state);
    }

    @Override
    public Offer offer(Action fact) {
        handedIn.add(() -> {
            offered.add(fact);
            crowd.say(node, fact);
        });
        return Offer.TAKEN;
    }

    @Override
    public void answer(ActionId request, Action fact) {
        throw new IllegalStateException("this world has no services");
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        throw new IllegalStateException("this world has no services");
    }

    @Override
    public <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler) {
        throw new IllegalStateException("this world has no services");
    }

    @Override
    public void closes(String kind, Consumer<Handle> close) {
        throw new IllegalStateException("this world has no services");
    }
}
