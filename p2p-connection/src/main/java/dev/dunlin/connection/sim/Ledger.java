package dev.dunlin.connection.sim;

import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Turn;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Between the services of one run of a node and its store: knows of every handle how far the store lags behind the world, so that
 * after each turn the two can be compared.
 */
final class Ledger implements Port {

    private final Port port;

    // What the store has not read yet.
    private final Set<Handle> begun = new HashSet<>();
    private final Set<Handle> ended = new HashSet<>();

    // What no state holds, and is being closed.
    private final Set<Handle> orphans = new HashSet<>();

    Ledger(Port port) {
        this.port = port;
    }

    @Override
    public void answer(ActionId request, Action fact) {
        note(fact);
        port.answer(request, fact);
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        note(fact);
        port.ended(fact);
    }

    @Override
    public Offer offer(Action fact) {
        Offer offer = port.offer(fact);
        if (offer == Offer.TAKEN) {
            note(fact);
        }
        return offer;
    }

    private void note(Action fact) {
        if (fact instanceof Action.BringsHandle brings) {
            begun.add(brings.brought());
        }
        if (fact instanceof Action.EndsHandle ends) {
            ended.add(ends.ended());
        }
    }

    /** What the state holds after a turn and the world does not have, or the other way round, as far as the store has read. */
    Optional<String> difference(SimNode<?> node, Turn turn, Set<Handle> open) {
        for (int i = 0; i < turn.size(); i++) {
            read(turn.entry(i));
        }
        for (Turn.Emitted emitted : turn.effects()) {
            Effect effect = emitted.effect();
            if (effect instanceof NodeEffect.CloseHandle(Handle handle) && open.contains(handle)) {
                orphans.add(handle);
            }
        }
        orphans.removeIf(handle -> !open.contains(handle));
        Table<Handle, ?> known = node.state().orElseThrow().node().handles();
        int both = 0;
        for (Handle handle : open) {
            if (known.has(handle)) {
                both++;
            } else if (!begun.contains(handle) && !orphans.contains(handle)) {
                return Optional.of(handle + " is open, and the state does not hold it");
            }
        }
        if (both == known.size()) {
            return Optional.empty();
        }
        for (Handle handle : known.keys()) {
            if (!open.contains(handle) && !ended.contains(handle)) {
                return Optional.of("the state holds " + handle + ", and it is not open");
            }
        }
        return Optional.empty();
    }

    private void read(Action action) {
        if (action instanceof Action.BringsHandle brings) {
            begun.remove(brings.brought());
        }
        if (action instanceof Action.EndsHandle ends) {
            ended.remove(ends.ended());
        }
    }
}
