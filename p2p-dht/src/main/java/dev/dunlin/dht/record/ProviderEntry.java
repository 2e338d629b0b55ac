package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import java.util.List;

/**
 * A provider record, with where its peer is.
 *
 * @param provided that the peer provides it
 * @param addresses of the peer, in all networks; those that it told last come first
 * @param told when it last told of anything
 */
public record ProviderEntry(Provided provided, List<Multiaddr> addresses, Stock.Age told) {

    /** Copies the list. */
    public ProviderEntry {
        addresses = List.copyOf(addresses);
    }

    static ProviderEntry of(Provided provided, Provider provider) {
        return new ProviderEntry(provided, provider.all(), Stock.Age.of(provider));
    }
}
