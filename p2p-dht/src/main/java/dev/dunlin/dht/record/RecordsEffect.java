package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Effect;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of a store of records that is not in the state. Each is one transaction, and answered once: by the action that it names,
 * or by {@link RecordsAction.DiskFailed} if nothing of it is done. None is durable: what was stored and is in no log is counted at the next
 * boot, and what is in a log and was not stored is told again by its provider.
 */
public sealed interface RecordsEffect extends Effect.Request {

    /** The value under a key: {@link RecordsAction.ValueFound}. */
    record FindValue(Bytes key) implements RecordsEffect {}

    /**
     * A value takes its place if there is room: {@link RecordsAction.ValueKept} or {@link RecordsAction.ValueUnkept}; or, if in its place
     * is another than was seen, {@link RecordsAction.ValueFound}.
     *
     * @param sender in whose share it is
     * @param seen when the value that was seen in its place came, as {@link HeldValue#received}; empty if there was none
     * @param bounds how much there may be
     */
    record StoreValue(
            ValueRecord record, Optional<PeerId> sender, Optional<Long> seen, Moment now, RecordsConfig bounds)
            implements RecordsEffect {}

    /** Who provides the content of a key: {@link RecordsAction.ProvidersFound}. */
    record FindProviders(Bytes key) implements RecordsEffect {}

    /**
     * A provider record is stored if there is room: {@link RecordsAction.ProviderKept} or {@link RecordsAction.ProviderUnkept}.
     *
     * @param addresses where the peer is, in the network that the filter is of
     * @param bounds how much there may be
     */
    record StoreProvider(
            Bytes key, PeerId peer, List<Multiaddr> addresses, AddressFilter filter, Moment now, RecordsConfig bounds)
            implements RecordsEffect {
        /** Copies the list. */
        public StoreProvider {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The oldest of a kind goes, as far as it has expired: {@link RecordsAction.Collected}.
     *
     * @param most how many values, or keys of provider records, are looked at
     */
    record Collect(RecordKind kind, Moment now, RecordsConfig bounds, int most) implements RecordsEffect {}

    /** How much there is: {@link RecordsAction.Surveyed}. */
    record Count() implements RecordsEffect {}
}
