package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.table.AddressFilter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where provider records are. It knows no rule: who may store what, and for how long, is said elsewhere.
 *
 * @param keys who provides each key
 * @param order the keys by when the oldest record of each came
 * @param peers who they are
 * @param records how many provide something, counted once for each key
 * @param last when the last record came
 */
public record ProviderStore(
        Table<Bytes, Providers> keys, Table<Long, Bytes> order, Table<PeerId, Provider> peers, int records, long last) {

    static final ProviderStore EMPTY =
            new ProviderStore(Table.empty(), Table.empty(), Table.empty(), 0, Long.MIN_VALUE);

    Providers of(Bytes key) {
        return keys.or(key, Providers.NOBODY);
    }

    /** How many keys a peer provides. */
    int recordsOf(PeerId peer) {
        return peers.find(peer).map(Provider::records).orElse(0);
    }

    /**
     * With the latest word of a peer.
     *
     * @param addresses where it is, in the network that the filter is of
     */
    ProviderStore with(Bytes key, PeerId peer, List<Multiaddr> addresses, AddressFilter filter, Moment now) {
        Providers before = of(key);
        int more = before.has(peer) ? 0 : 1;
        Provider provider = peers.find(peer)
                .map(known -> known.moved(addresses, filter, now).counted(more))
                .orElseGet(() -> Provider.at(addresses, now));
        PeerId shared = shared(peer);
        long received = Math.max(now.now(), last + 1);
        Providers after = before.with(new Provided(shared, received, now.wall()));
        return new ProviderStore(
                keys.with(key, after),
                ordered(key, before, after),
                peers.with(shared, provider),
                records + more,
                received);
    }

    private Table<Long, Bytes> ordered(Bytes key, Providers before, Providers after) {
        boolean isThere = !before.all().isEmpty();
        boolean stays = !after.all().isEmpty();
        if (isThere && stays && before.oldest().equals(after.oldest())) {
            return order;
        }
        Table<Long, Bytes> without = isThere ? order.without(before.oldest().received()) : order;
        return stays ? without.with(after.oldest().received(), key) : without;
    }

    // One object for all records of a peer, of the many that come with messages.
    private PeerId shared(PeerId peer) {
        Iterator<Map.Entry<PeerId, Provider>> from = peers.from(peer).iterator();
        PeerId next = from.hasNext() ? from.next().getKey() : peer;
        return next.equals(peer) ? next : peer;
    }

    /** Without the oldest records of a key. */
    ProviderStore without(Bytes key, int first) {
        Providers before = keys.at(key);
        Table<PeerId, Provider> left = peers;
        for (Provided each : before.all().subList(0, first)) {
            Provider provider = left.at(each.peer());
            left = provider.records() == 1 ? left.without(each.peer()) : left.with(each.peer(), provider.counted(-1));
        }
        Providers after = before.without(first);
        return new ProviderStore(
                after.all().isEmpty() ? keys.without(key) : keys.with(key, after),
                ordered(key, before, after),
                left,
                records - first,
                last);
    }

    /** The keys of the oldest records, in order. */
    List<Bytes> oldest(int most) {
        return ValueStore.first(order, most);
    }

    /** How the counts differ from what is there, as a sentence without its full stop; empty if they do not. */
    Optional<String> violation() {
        Table<PeerId, Integer> counts = Table.empty();
        Table<Long, Bytes> ordered = Table.empty();
        int sum = 0;
        for (Map.Entry<Bytes, Providers> each : keys) {
            ordered = ordered.with(each.getValue().oldest().received(), each.getKey());
            for (Provided provided : each.getValue().all()) {
                counts = counts.with(provided.peer(), counts.or(provided.peer(), 0) + 1);
                sum++;
            }
        }
        boolean agree = sum == records && counts.size() == peers.size() && ordered.equals(order);
        for (Map.Entry<PeerId, Integer> each : counts) {
            agree = agree && recordsOf(each.getKey()) == each.getValue();
        }
        return agree
                ? Optional.empty()
                : Optional.of(sum + " records of " + counts + " are counted as " + records + " of " + peers
                        + ", or are in another order than they came");
    }
}
