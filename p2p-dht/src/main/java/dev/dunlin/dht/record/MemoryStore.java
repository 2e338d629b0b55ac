package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.table.AddressFilter;
import java.util.List;
import java.util.Optional;

/** A store in memory: the latest of the immutable stores that its calls make. */
public final class MemoryStore implements RecordStore {

    private ValueStore held;
    private ProviderStore provided;

    MemoryStore(ValueStore held, ProviderStore provided) {
        this.held = held;
        this.provided = provided;
    }

    /** One that is empty. */
    public MemoryStore() {
        this(ValueStore.EMPTY, ProviderStore.EMPTY);
    }

    ValueStore held() {
        return held;
    }

    ProviderStore provided() {
        return provided;
    }

    @Override
    public Optional<HeldValue> value(Bytes key) {
        return held.held().find(key);
    }

    @Override
    public List<Bytes> oldestValues(int most) {
        return held.oldest(most);
    }

    @Override
    public ValueStore.Share share(PeerId sender) {
        return held.shares().or(sender, ValueStore.Share.NONE);
    }

    @Override
    public int values() {
        return held.held().size();
    }

    @Override
    public long valueBytes() {
        return held.bytes();
    }

    @Override
    public void putValue(Bytes key, Bytes value, Optional<PeerId> sender, Moment now) {
        held = held.with(key, value, sender, now);
    }

    @Override
    public void dropValue(Bytes key) {
        held = held.without(key);
    }

    @Override
    public Providers providers(Bytes key) {
        return provided.of(key);
    }

    @Override
    public Optional<Provider> provider(PeerId peer) {
        return provided.peers().find(peer);
    }

    @Override
    public List<Bytes> oldestKeys(int most) {
        return provided.oldest(most);
    }

    @Override
    public int providerKeys() {
        return provided.keys().size();
    }

    @Override
    public int providerRecords() {
        return provided.records();
    }

    @Override
    public void putProvider(Bytes key, PeerId peer, List<Multiaddr> addresses, AddressFilter filter, Moment now) {
        provided = provided.with(key, peer, addresses, filter, now);
    }

    @Override
    public void dropProviders(Bytes key, int first) {
        if (first > 0) {
            provided = provided.without(key, first);
        }
    }

    @Override
    public Stock stock() {
        return new Stock(
                values(),
                valueBytes(),
                held.shares().size(),
                providerRecords(),
                providerKeys(),
                provided.peers().size(),
                0,
                held.oldest(1).stream()
                        .findFirst()
                        .map(key -> Stock.Age.of(held.held().at(key))),
                provided.oldest(1).stream()
                        .findFirst()
                        .map(key -> Stock.Age.of(provided.of(key).oldest())));
    }
}
