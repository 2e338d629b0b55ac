package dev.dunlin.connection.peer;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lists of a peer's addresses: each address once, the best first, no more than are kept. */
final class Addresses {

    private Addresses() {}

    /** With more of one source; of what is known already the better source and the later end count. */
    static List<Known> added(List<Known> before, List<Multiaddr> more, Source source, long until, int most) {
        Map<Multiaddr, Known> all = new LinkedHashMap<>();
        for (Known known : before) {
            all.put(known.address(), known);
        }
        for (Multiaddr address : more) {
            all.merge(address, new Known(address, source, until, Optional.empty()), Addresses::both);
        }
        return best(all, most);
    }

    private static Known both(Known old, Known fresh) {
        return new Known(
                old.address(),
                old.source().compareTo(fresh.source()) <= 0 ? old.source() : fresh.source(),
                Math.max(old.until(), fresh.until()),
                old.last());
    }

    /** With those of one source exchanged for others; how dials ended there is not forgotten. */
    static List<Known> replaced(List<Known> before, List<Multiaddr> now, Source source, long until, int most) {
        Set<Multiaddr> kept = new LinkedHashSet<>(now);
        List<Known> left = before.stream()
                .filter(known -> known.source() != source || kept.contains(known.address()))
                .toList();
        return added(left, now, source, until, most);
    }

    /** With the end of a dial; an address at which another peer was found leads there no longer. */
    static List<Known> dialled(List<Known> before, Multiaddr address, Known.Outcome outcome, boolean another) {
        List<Known> after = new ArrayList<>(before.size());
        for (Known known : before) {
            if (!known.address().equals(address)) {
                after.add(known);
            } else if (!another) {
                after.add(known.ended(outcome));
            }
        }
        after.sort(Known.BEST_FIRST);
        return after;
    }

    /** Those that are not too old. */
    static List<Known> lasting(List<Known> before, long now) {
        return before.stream().filter(known -> known.until() > now).toList();
    }

    /** No more than are kept. */
    static List<Known> cut(List<Known> before, int most) {
        Map<Multiaddr, Known> all = new LinkedHashMap<>();
        before.forEach(known -> all.put(known.address(), known));
        return best(all, most);
    }

    private static List<Known> best(Map<Multiaddr, Known> all, int most) {
        List<Known> kept = new ArrayList<>(all.values());
        if (kept.size() > most) {
            kept.sort(Known.MOST_TRUSTED_FIRST);
            kept = kept.subList(0, most);
        }
        kept.sort(Known.BEST_FIRST);
        return kept;
    }

    /** Without the peer at their end, each once. */
    static List<Multiaddr> bare(List<Multiaddr> given) {
        Set<Multiaddr> bare = new LinkedHashSet<>();
        given.forEach(address -> address.withoutPeer().ifPresent(bare::add));
        return List.copyOf(bare);
    }

    /** Whether an address names another peer at its end. */
    static boolean isOfAnother(Multiaddr address, PeerId peer) {
        return address.peerId().filter(named -> !named.equals(peer)).isPresent();
    }
}
