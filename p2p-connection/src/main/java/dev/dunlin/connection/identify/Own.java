package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What we say of ourselves.
 *
 * @param protocols the protocol ids we take streams for, in order
 * @param listeners the addresses of each open listener
 * @param observers who sees us at which address: for each, how many connections of each group of observers
 * @param believed the observed addresses that enough observers agree on
 * @param seq the number of our peer record: microseconds since the Unix epoch at the last change or boot, and
 *     higher than any before
 */
public record Own(
        List<String> protocols,
        Table<Handle, List<Multiaddr>> listeners,
        Table<Multiaddr, Table<String, Integer>> observers,
        List<Multiaddr> believed,
        long seq) {

    static final Own NOTHING = new Own(List.of(), Table.empty(), Table.empty(), List.of(), 0);

    /** Copies the lists. */
    public Own {
        protocols = List.copyOf(protocols);
        believed = List.copyOf(believed);
    }

    /** Where we can be reached: what we listen at, without what nobody can dial, then what observers agree on. */
    public List<Multiaddr> addresses() {
        Set<Multiaddr> all = new LinkedHashSet<>();
        for (List<Multiaddr> bound : listeners.values()) {
            for (Multiaddr address : bound) {
                if (Scope.of(address) != Scope.NONE) {
                    address.withoutPeer().ifPresent(all::add);
                }
            }
        }
        all.addAll(believed);
        return new ArrayList<>(all);
    }

    Own withProtocols(List<String> changed) {
        return new Own(changed, listeners, observers, believed, seq);
    }

    Own withListeners(Table<Handle, List<Multiaddr>> changed) {
        return new Own(protocols, changed, observers, believed, seq);
    }

    Own observed(Table<Multiaddr, Table<String, Integer>> by, List<Multiaddr> now) {
        return new Own(protocols, listeners, by, now, seq);
    }

    /** With a number that is the time, or higher than the last where time would not raise it. */
    Own raised(long now) {
        return new Own(protocols, listeners, observers, believed, Math.max(seq + 1, now));
    }
}
