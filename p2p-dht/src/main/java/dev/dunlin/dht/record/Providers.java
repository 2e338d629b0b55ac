package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;

/**
 * Who provides the content of a key.
 *
 * @param all each once, who told so first comes first; at least one
 */
public record Providers(List<Provided> all) {

    static final Providers NOBODY = new Providers(List.of());

    /** Copies the list. */
    public Providers {
        all = List.copyOf(all);
    }

    /** The one who told so first. */
    Provided oldest() {
        return all.getFirst();
    }

    /** Whether a peer is among them. */
    public boolean has(PeerId peer) {
        for (Provided each : all) {
            if (each.peer().equals(peer)) {
                return true;
            }
        }
        return false;
    }

    /** With the latest word of a peer, in place of an earlier one. */
    Providers with(Provided latest) {
        List<Provided> others = new ArrayList<>(all.size() + 1);
        for (Provided each : all) {
            if (!each.peer().equals(latest.peer())) {
                others.add(each);
            }
        }
        others.add(latest);
        return new Providers(others);
    }

    /** Without the first. */
    Providers without(int first) {
        return new Providers(all.subList(first, all.size()));
    }
}
