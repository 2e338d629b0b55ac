package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.table.AddressFilter;
import java.util.List;
import java.util.Optional;

/**
 * Where values and provider records are: in the state, or in a file. It knows no rule: who may store what, and for how long, is said by
 * those who call it, and they say the same to each. Not thread-safe.
 *
 * <p>Of each kind no two have come at the same time: a store moves what comes now behind what came last.
 *
 * <p>Each method throws {@link RecordStoreException} where it cannot be done.
 */
public interface RecordStore {

    // Values

    /** The value under a key, be it expired. */
    Optional<HeldValue> value(Bytes key);

    /** The keys of the values that came first, in order. */
    List<Bytes> oldestValues(int most);

    /** What a sender has of the values. */
    ValueStore.Share share(PeerId sender);

    /** How many values there are. */
    int values();

    /** Bytes of all values, with their keys. */
    long valueBytes();

    /** A value comes now, in place of the one under its key. */
    void putValue(Bytes key, Bytes value, Optional<PeerId> sender, Moment now);

    /** Drops the value under a key, if there is one. */
    void dropValue(Bytes key);

    // Provider records

    /** Who provides the content of a key, be it expired. */
    Providers providers(Bytes key);

    /** A peer that provides something. */
    Optional<Provider> provider(PeerId peer);

    /** The keys of the oldest provider records, in order. */
    List<Bytes> oldestKeys(int most);

    /** How many keys have providers. */
    int providerKeys();

    /** How many provider records there are. */
    int providerRecords();

    /**
     * A peer tells now that it provides the content of a key.
     *
     * @param addresses where it is, in the network that the filter is of
     */
    void putProvider(Bytes key, PeerId peer, List<Multiaddr> addresses, AddressFilter filter, Moment now);

    /**
     * Drops the oldest provider records of a key.
     *
     * @param first how many, at most as many as there are
     */
    void dropProviders(Bytes key, int first);

    /** How much there is. */
    Stock stock();
}
