package dev.dunlin.core.runtime;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What became of the effects that left the store: requests in flight, durable effects that wait for fsync, and the order in which
 * effects are carried out. Pure, and the same for the runtime and for the simulator: whoever drives it hands in turns, forces and
 * answers, and carries out what {@link #next} gives.
 *
 * <p>A durable effect waits until the log is forced up to its input; later effects to the same service wait behind it. Everything
 * else is ready at once, in the order of its dispatch.
 *
 * <p>Not thread-safe.
 */
public final class EffectDesk {

    /** A request without an answer for longer is told of, in microseconds. */
    public static final long OVERDUE = TimeUnit.SECONDS.toMicros(60);

    /**
     * One without an answer for longer is lost: it holds no place any more, and its answer is a stray one. A node looks for them
     * once a second.
     */
    public static final long LOST = TimeUnit.HOURS.toMicros(1);

    private final EffectHandlers handlers;
    private final boolean holdsDurable;

    // Of those services only for which something waits.
    private final TreeMap<Integer, ArrayDeque<Held>> waiting = new TreeMap<>();
    private final ArrayDeque<Ready> ready = new ArrayDeque<>(2);

    // In the order of their age.
    private final LinkedHashMap<ActionId, Request> requests = new LinkedHashMap<>();

    private int held;
    private long wanted;
    private long forced;

    /**
     * An effect that is to be carried out now.
     *
     * @param id what its answer refers to
     * @param service whose it is
     */
    public record Ready(ActionId id, Effect effect, int service) {}

    private record Held(long input, Ready effect) {}

    /**
     * A request without an answer.
     *
     * @param id its id
     * @param type the type of the effect
     * @param since when it left the store, microseconds of the node's time
     * @param reported whether {@link #overdue} has told of it, or never will, since it is {@linkplain Effect.Request#isOpenEnded open-ended}
     */
    public record Request(ActionId id, Class<? extends Effect> type, long since, boolean reported) {}

    /**
     * A desk without effects.
     *
     * @param holdsDurable whether durable effects wait for fsync; false where there is no log
     * @param forced up to which input the log is forced
     */
    public EffectDesk(EffectHandlers handlers, boolean holdsDurable, long forced) {
        this.handlers = handlers;
        this.holdsDurable = holdsDurable;
        this.forced = forced;
    }

    /** Takes the effects of a turn. */
    public void take(Turn turn) {
        for (int i = 1; i < turn.size(); i++) {
            if (turn.entry(i) instanceof Effect effect) {
                take(turn.number(), turn.now(), turn.id(i), effect);
            }
        }
    }

    /** Takes one effect that an input led to. */
    public void take(long input, long now, ActionId id, Effect effect) {
        if (effect instanceof Effect.Request request) {
            requests.put(id, new Request(id, effect.getClass(), now, request.isOpenEnded()));
        }
        Ready entry = new Ready(id, effect, handlers.serviceOf(effect));
        boolean durable = holdsDurable && effect instanceof Effect.Durable && input > forced;
        if (durable) {
            wanted = Math.max(wanted, input);
        }
        if (durable || (held > 0 && waiting.containsKey(entry.service()))) {
            waiting.computeIfAbsent(entry.service(), any -> new ArrayDeque<>(2))
                    .add(new Held(durable ? input : 0, entry));
            held++;
        } else {
            ready.add(entry);
        }
    }

    /** The log is forced up to an input: what waited for that is ready, service by service. */
    public void forced(long input) {
        if (input <= forced) {
            return;
        }
        forced = input;
        if (held > 0) {
            for (ArrayDeque<Held> service : waiting.values()) {
                while (!service.isEmpty() && service.element().input() <= forced) {
                    ready.add(service.remove().effect());
                    held--;
                }
            }
            waiting.values().removeIf(ArrayDeque::isEmpty);
        }
    }

    /** The next effect to carry out, if one is ready; it is off the desk then. */
    public @Nullable Ready next() {
        return ready.poll();
    }

    /** Up to which input fsync is wanted; nothing is if it was forced that far. */
    public long wanted() {
        return wanted;
    }

    /** How many effects wait for fsync, those behind them included. */
    public int held() {
        return held;
    }

    /** A request is answered; false if none of this id is in flight. */
    public boolean answered(ActionId request) {
        return requests.remove(request) != null;
    }

    /** How many requests are in flight. */
    public int requests() {
        return requests.size();
    }

    /** The request that is in flight longest. */
    public Optional<Request> oldest() {
        return requests.isEmpty()
                ? Optional.empty()
                : Optional.of(requests.firstEntry().getValue());
    }

    /** The requests that are {@link #OVERDUE} and were not told of yet. */
    public List<Request> overdue(long now) {
        List<Request> found = new ArrayList<>();
        for (Map.Entry<ActionId, Request> entry : requests.entrySet()) {
            Request request = entry.getValue();
            if (request.since() >= now - OVERDUE) {
                break;
            }
            if (!request.reported()) {
                found.add(request);
                entry.setValue(new Request(request.id(), request.type(), request.since(), true));
            }
        }
        return found;
    }

    /** Gives up the requests that are {@link #LOST}; how many they are. */
    public int loseOld(long now) {
        int lost = 0;
        while (!requests.isEmpty() && requests.firstEntry().getValue().since() < now - LOST) {
            requests.pollFirstEntry();
            lost++;
        }
        return lost;
    }
}
