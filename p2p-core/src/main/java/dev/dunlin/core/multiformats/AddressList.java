package dev.dunlin.core.multiformats;

import dev.dunlin.core.state.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses of a list that came from a peer. Peers have transports that are not known here, so what cannot be read
 * is skipped, as other libp2p nodes do, and not an error of the whole list.
 *
 * @param addresses the good ones, in their order, each once
 * @param skipped how many could not be read or were beyond the limit
 * @param reasons why, a sentence each, without repetition, at most {@link #MAX_REASONS}
 */
public record AddressList(List<Multiaddr> addresses, int skipped, List<String> reasons) {

    /** How many reasons are kept. */
    public static final int MAX_REASONS = 8;

    /** Copies the lists. */
    public AddressList {
        addresses = List.copyOf(addresses);
        reasons = List.copyOf(reasons);
    }

    /**
     * Reads addresses in their binary form.
     *
     * @param limit the most addresses that are kept
     */
    public static AddressList read(Iterable<Bytes> encoded, int limit) {
        Set<Multiaddr> good = new LinkedHashSet<>();
        Set<String> reasons = new LinkedHashSet<>();
        int skipped = 0;
        for (Bytes bytes : encoded) {
            String reason;
            if (good.size() >= limit) {
                reason = "at most " + limit + " addresses are taken from one list";
            } else if (bytes.size() > Multiaddr.MAX_BYTES) {
                reason = "an address has at most " + Multiaddr.MAX_BYTES + " bytes, not " + bytes.size();
            } else {
                try {
                    good.add(Multiaddr.fromBytes(bytes.toArray()));
                    continue;
                } catch (MultiformatException bad) {
                    reason = String.valueOf(bad.getMessage());
                }
            }
            skipped++;
            if (reasons.size() < MAX_REASONS) {
                reasons.add(reason);
            }
        }
        return new AddressList(new ArrayList<>(good), skipped, new ArrayList<>(reasons));
    }
}
