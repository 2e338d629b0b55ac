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
record ProviderRules(RecordsConfig config, Moment now) {

    /**
     * Makes room for what a peer provides. Where there is none, all the same those are gone who were to make some: of the keys that came
     * first each may have providers that are fresh too, and then the next of them are tried the next time.
     *
     * @param peer who has told so; what it provides already needs none
     */
    Room.ForProvider room(RecordStore store, Bytes key, PeerId peer) {
        if (store.providers(key).has(peer)) {
            return new Room.ForProvider(0, Optional.empty());
        }
        if (store.provider(peer).map(Provider::records).orElse(0) >= config.maxProvidersOfPeer()) {
            return new Room.ForProvider(0, Optional.of(Refusal.PROVIDERS_OF_PEER));
        }
        int before = store.providerRecords();
        for (int tries = 0; ; tries++) {
            Optional<Refusal> beyond = beyond(store, key);
            if (beyond.isEmpty()) {
                return new Room.ForProvider(before - store.providerRecords(), beyond);
            }
            Optional<Bytes> oldest = beyond.get() == Refusal.PROVIDERS_OF_KEY
                    ? Optional.of(key)
                    : store.oldestKeys(1).stream().findFirst();
            int stale = oldest.map(store::providers)
                    .map(providers -> surelyOlder(providers, config.freshAge()))
                    .orElse(0);
            if (tries == Room.MOST_TRIES || stale == 0) {
                return new Room.ForProvider(before - store.providerRecords(), beyond);
            }
            // A key goes with all its providers, or it stays.
            store.dropProviders(oldest.orElseThrow(), beyond.get() == Refusal.PROVIDER_KEYS_FULL ? stale : 1);
        }
    }

    private Optional<Refusal> beyond(RecordStore store, Bytes key) {
        int ofKey = store.providers(key).all().size();
        if (ofKey >= config.maxProvidersOfKey()) {
            return Optional.of(Refusal.PROVIDERS_OF_KEY);
        }
        if (ofKey == 0 && store.providerKeys() >= config.maxProviderKeys()) {
            return Optional.of(Refusal.PROVIDER_KEYS_FULL);
        }
        return store.providerRecords() >= config.maxProviders()
                ? Optional.of(Refusal.PROVIDERS_FULL)
                : Optional.empty();
    }

    /**
     * Who provides the content of a key, as a network is told. Who told last comes first, as it is the likeliest to be there; where there
     * are more than an answer has, they are drawn, so that not all ask the same few.
     *
     * <p>Only who has an address of the network is told of, so that the internet hears nothing of what is provided in the local network
     * alone; the addresses are told as long as they are young.
     */
    List<PeerInfo> told(List<ProviderEntry> entries, AddressFilter filter, Draws draws) {
        List<PeerInfo> told = new ArrayList<>();
        for (ProviderEntry each : young(entries)) {
            List<Multiaddr> within = filter.kept(each.addresses());
            if (!within.isEmpty()) {
                told.add(info(each, within));
            }
        }
        int most = config.maxProvidersTold();
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
    List<PeerInfo> all(List<ProviderEntry> entries) {
        return young(entries).stream().map(each -> info(each, each.addresses())).toList();
    }

    private List<ProviderEntry> young(List<ProviderEntry> entries) {
        return entries.reversed().stream()
                .filter(each -> !now.isOlder(each.provided(), config.providerAge()))
                .toList();
    }

    private PeerInfo info(ProviderEntry entry, List<Multiaddr> addresses) {
        boolean isFresh = !now.isOlder(entry.told(), config.freshAge());
        return new PeerInfo(entry.provided().peer(), isFresh ? addresses : List.of(), Connectedness.NOT_CONNECTED);
    }

    /** Who provides the content of a key and where they are; who told so first comes first. */
    static List<ProviderEntry> entries(RecordStore store, Bytes key) {
        return store.providers(key).all().stream()
                .map(each -> ProviderEntry.of(each, store.provider(each.peer()).orElseThrow()))
                .toList();
    }

    /** Drops what is older than it may get, of as many of the oldest keys, and tells how many records were. */
    int expire(RecordStore store, int most) {
        int before = store.providerRecords();
        for (Bytes key : store.oldestKeys(most)) {
            Providers providers = store.providers(key);
            if (providers.all().isEmpty()) {
                throw RecordStoreException.damaged("a key is among the oldest that has no provider record");
            }
            int expired = surelyOlder(providers, config.providerAge());
            if (expired == 0) {
                break;
            }
            store.dropProviders(key, expired);
        }
        return before - store.providerRecords();
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
