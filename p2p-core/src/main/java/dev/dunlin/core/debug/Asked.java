package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Turn;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The requests of one history that wait for their answers. */
final class Asked {

    /** The most that may wait; an inbox has far fewer credits. */
    static final int MAX = 1 << 20;

    private final TreeMap<ActionId, Digest> open = new TreeMap<>();
    private final int max;

    Asked(int max) {
        this.max = max;
    }

    /** A request that waits. */
    record Waiting(ActionId id, Digest content) {
        /** The same of another input. */
        Waiting in(long input) {
            return new Waiting(new ActionId(input, id.index()), content);
        }
    }

    void add(Turn turn) {
        for (Turn.Emitted emitted : turn.effects()) {
            if (emitted.effect() instanceof Effect.Request) {
                if (open.size() == max) {
                    throw new LogException(
                            "more than " + max + " requests wait for an answer: run on to an earlier step");
                }
                open.put(emitted.id(), Content.digest(emitted.effect()));
            }
        }
    }

    /** An answer came; the request, if it waited. */
    Optional<Waiting> answered(ActionId id) {
        return Optional.ofNullable(open.remove(id)).map(content -> new Waiting(id, content));
    }

    /** A request of the same input with the same content: the same id if that has it, otherwise the first. */
    Optional<ActionId> sameAs(Waiting other) {
        if (other.content().equals(open.get(other.id()))) {
            return Optional.of(other.id());
        }
        long input = other.id().input();
        return open.subMap(new ActionId(input, 0), new ActionId(input + 1, 0)).entrySet().stream()
                .filter(waiting -> waiting.getValue().equals(other.content()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** How many wait here that do not wait there. */
    long without(Asked other) {
        return open.entrySet().stream()
                .filter(waiting -> other.sameAs(new Waiting(waiting.getKey(), waiting.getValue()))
                        .isEmpty())
                .count();
    }

    void clear() {
        open.clear();
    }
}
