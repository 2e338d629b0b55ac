package dev.dunlin.connection.identify;

import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What we say of ourselves.
 *
 * @param spoken the protocol ids that we were told to speak, sorted
 * @param served those that machines serve, sorted
 * @param listeners the addresses of each open listener
 * @param observers who sees us at which address: for each, how many connections of each group of observers
 * @param believed the observed addresses that enough observers agree on
 * @param seq the number of our peer record: microseconds since the Unix epoch at the last change or boot, and
 *     higher than any before
 */
public record Own(
        List<String> spoken,
        List<String> served,
        Table<Handle, List<Multiaddr>> listeners,
        Table<Multiaddr, Table<String, Integer>> observers,
        List<Multiaddr> believed,
        long seq) {

    static final Own NOTHING = new Own(List.of(), List.of(), Table.empty(), Table.empty(), List.of(), 0);

    /** Copies the lists. */
    public Own {
        spoken = List.copyOf(spoken);
        served = List.copyOf(served);
        believed = List.copyOf(believed);
    }

    /** The protocol ids that we take streams for, sorted. */
    public List<String> protocols() {
        return joined(spoken, served);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        TreeSet<String> all = new TreeSet<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /**
     * Where we can be reached: what we listen at, without what nobody can dial, then what observers agree on; no more than one message
     * has room for.
     */
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
        List<Multiaddr> fitting = new ArrayList<>();
        int bytes = 0;
        for (Multiaddr address : all) {
            bytes += address.toBytes().length;
            if (bytes > IdentifyMessage.MAX_WRITTEN || fitting.size() == PeerRecord.MAX_ADDRESSES) {
                break;
            }
            fitting.add(address);
        }
        return fitting;
    }

    /** With what a wish or fact says of protocols. */
    Own with(IdentifyAction.AboutProtocols action) {
        return switch (action) {
            case IdentifyAction.Speak(var all) ->
                new Own(joined(all, List.of()), served, listeners, observers, believed, seq);
            case IdentifyAction.ProtocolsServed(var some, boolean isServed) ->
                new Own(
                        spoken,
                        isServed
                                ? joined(served, some)
                                : served.stream()
                                        .filter(id -> !some.contains(id))
                                        .toList(),
                        listeners,
                        observers,
                        believed,
                        seq);
        };
    }

    Own withListeners(Table<Handle, List<Multiaddr>> changed) {
        return new Own(spoken, served, changed, observers, believed, seq);
    }

    Own observed(Table<Multiaddr, Table<String, Integer>> by, List<Multiaddr> now) {
        return new Own(spoken, served, listeners, by, now, seq);
    }

    /** With a number that is the time, or higher than the last where time would not raise it. */
    Own raised(long now) {
        return new Own(spoken, served, listeners, observers, believed, Math.max(seq + 1, now));
    }
}
