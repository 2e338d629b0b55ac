package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Draws;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which provider records are stored, and which are told (libp2p/specs kad-dht/README.md, "Content provider advertisement and discovery";
 * ipfs/specs src/routing/kad-dht.md, "Provider Records").
 *
 * <p>Providers tell again about once in 22 hours. So where there is no room, be it for a key that many provide or in the whole, who has not
 * told again for longer makes room, and where there is nobody the new one is refused: a flood of providers takes the place of those that
 * are gone, and not of those that are there.
 */
record ProviderRules(RecordsState own, Moment now) {

    /**
     * Room for what a peer provides. Where there is none, all the same those are gone who were to make some: of the keys that came first
     * each may have providers that are fresh too, and then the next of them are tried the next time.
     *
     * @param peer who has told so; what it provides already needs none
     */
    Room<ProviderStore> room(Bytes key, PeerId peer) {
        RecordsConfig config = own.config();
        ProviderStore all = own.providers();
        if (all.of(key).has(peer)) {
            return Room.in(all, 0);
        }
        if (all.recordsOf(peer) >= config.maxProvidersOfPeer()) {
            return Room.none(all, Refusal.PROVIDERS_OF_PEER);
        }
        ProviderStore left = all;
        for (int tries = 0; ; tries++) {
            Optional<Refusal> beyond = beyond(left, key);
            if (beyond.isEmpty()) {
                return Room.in(left, all.records() - left.records());
            }
            Optional<Bytes> oldest = beyond.get() == Refusal.PROVIDERS_OF_KEY
                    ? Optional.of(key)
                    : left.oldest(1).stream().findFirst();
            int stale = oldest.map(left::of)
                    .map(providers -> surelyOlder(providers, config.freshAge()))
                    .orElse(0);
            if (tries == Room.MOST_TRIES || stale == 0) {
                return new Room<>(left, all.records() - left.records(), beyond);
            }
            // A key goes with all its providers, or it stays.
            left = left.without(oldest.orElseThrow(), beyond.get() == Refusal.PROVIDER_KEYS_FULL ? stale : 1);
        }
    }

    private Optional<Refusal> beyond(ProviderStore all, Bytes key) {
        RecordsConfig config = own.config();
        if (all.of(key).all().size() >= config.maxProvidersOfKey()) {
            return Optional.of(Refusal.PROVIDERS_OF_KEY);
        }
        if (!all.keys().has(key) && all.keys().size() >= config.maxProviderKeys()) {
            return Optional.of(Refusal.PROVIDER_KEYS_FULL);
        }
        return all.records() >= config.maxProviders() ? Optional.of(Refusal.PROVIDERS_FULL) : Optional.empty();
    }

    /**
     * Who provides the content of a key, as a network is told. Who told last comes first, as it is the likeliest to be there; where there
     * are more than an answer has, they are drawn, so that not all ask the same few.
     *
     * <p>Only who has an address of the network is told of, so that the internet hears nothing of what is provided in the local network
     * alone; the addresses are told as long as they are young.
     */
    List<PeerInfo> told(Bytes key, AddressFilter filter, Draws draws) {
        List<PeerInfo> told = new ArrayList<>();
        for (Provided each : young(key)) {
            Provider provider = own.providers().peers().at(each.peer());
            List<Multiaddr> within = provider.within(filter);
            if (!within.isEmpty()) {
                told.add(info(each.peer(), provider, within));
            }
        }
        int most = own.config().maxProvidersTold();
        if (told.size() > most) {
            draw(told, most, draws);
        }
        return told.subList(0, Math.min(most, told.size()));
    }

    // The first steps of a Fisher-Yates shuffle.
    private static void draw(List<PeerInfo> from, int most, Draws draws) {
        for (int i = 0; i < most; i++) {
            int drawn = i + draws.nextInt(from.size() - i);
            PeerInfo one = from.get(drawn);
            from.set(drawn, from.get(i));
            from.set(i, one);
        }
    }

    /** As this node itself is told: all of them. */
    List<PeerInfo> all(Bytes key) {
        return young(key).stream()
                .map(each -> {
                    Provider provider = own.providers().peers().at(each.peer());
                    return info(each.peer(), provider, provider.all());
                })
                .toList();
    }

    private List<Provided> young(Bytes key) {
        return own.providers().of(key).all().reversed().stream()
                .filter(each -> !now.isOlder(each, own.config().providerAge()))
                .toList();
    }

    private PeerInfo info(PeerId peer, Provider provider, List<Multiaddr> addresses) {
        boolean isFresh = !now.isOlder(provider, own.config().freshAge());
        return new PeerInfo(peer, isFresh ? addresses : List.of(), Connectedness.NOT_CONNECTED);
    }

    /** How many of the oldest records of a key are to be dropped. */
    int expired(Bytes key) {
        return surelyOlder(own.providers().of(key), own.config().providerAge());
    }

    private int surelyOlder(Providers providers, long age) {
        int older = 0;
        for (Provided each : providers.all()) {
            if (!now.isSurelyOlder(each, age)) {
                break;
            }
            older++;
        }
        return older;
    }
}
