package dev.dunlin.core.sim;

import dev.dunlin.core.store.StoreState;
import java.util.ArrayDeque;

/**
 * The states that a crash may fall back to: a process that is killed loses what its log's thread had not written yet, and a
 * power loss what was not forced, too.
 *
 * @param <R> the root of the state tree
 */
final class KeptStates<R> {

    /** The log is forced at least so often, in microseconds, as the log's thread has it. */
    static final long FORCE_EVERY = 1_000_000;

    /** So long an input may wait for the log's thread, in microseconds. */
    static final long WRITE_WITHIN = 1_000;

    private static final int MANY = 64;

    // No force is in flight.
    private static final long ALL = Long.MAX_VALUE;

    private final ArrayDeque<Kept<R>> kept = new ArrayDeque<>(2);
    private long forced;
    private long wanted;

    // While a force is in flight, the log's thread writes nothing behind what it had written before.
    private long written = ALL;

    private record Kept<R>(long at, StoreState<R> state) {}

    /** Begins anew from a state that is safe. */
    void begin(StoreState<R> state) {
        kept.clear();
        kept.add(new Kept<>(Long.MIN_VALUE, state));
        forced = state.input();
        wanted = forced;
        written = ALL;
    }

    /** The state after one more input. */
    void add(long now, StoreState<R> state) {
        kept.add(new Kept<>(now, state));
        if (kept.size() > MANY) {
            drop(now - FORCE_EVERY);
        }
    }

    /** The log is to be forced up to the last input. */
    void wanted(long input) {
        wanted = input;
        written = Math.min(written, input);
    }

    /** The log is forced up to an input; if more was wanted meanwhile, all is written and the next force begins. */
    void forced(long input) {
        forced = Math.max(forced, input);
        written = wanted > forced ? kept.getLast().state().input() : ALL;
    }

    /** How many states are kept. */
    int size() {
        return kept.size();
    }

    // What was written before a time is forced by now, and no state before its last is needed any more.
    private void drop(long before) {
        while (kept.size() > 1) {
            Kept<R> first = kept.remove();
            Kept<R> second = kept.element();
            if (second.at() > before && second.state().input() > forced) {
                kept.addFirst(first);
                return;
            }
        }
    }

    /** What a crash leaves. */
    StoreState<R> left(Fault.Crash crash, long now) {
        if (kept.isEmpty()) {
            throw new IllegalStateException("there is no state to fall back to");
        }
        drop(now - FORCE_EVERY);
        long last = kept.getLast().state().input();
        long safe = Math.max(kept.element().state().input(), forced);
        if (!crash.power()) {
            for (Kept<R> state : kept) {
                if (state.at() <= now - WRITE_WITHIN && state.state().input() <= written) {
                    safe = Math.max(safe, state.state().input());
                }
            }
        }
        long stays = safe + (last - safe) * crash.kept() / 1000;
        for (Kept<R> state : kept) {
            if (state.state().input() >= stays) {
                return state.state();
            }
        }
        return kept.getLast().state();
    }
}
