package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where values are. It knows no rule: who may store what, and for how long, is said elsewhere.
 *
 * @param held by their keys
 * @param order their keys by when they came
 * @param shares what each sender has of them
 * @param bytes of all, with their keys
 */
public record ValueStore(
        Table<Bytes, HeldValue> held, Table<Long, Bytes> order, Table<PeerId, Share> shares, long bytes) {

    static final ValueStore EMPTY = new ValueStore(Table.empty(), Table.empty(), Table.empty(), 0);

    /**
     * What a sender has.
     *
     * @param values how many
     * @param bytes of them, with their keys
     */
    public record Share(int values, long bytes) {
        static final Share NONE = new Share(0, 0);
    }

    static long size(Bytes key, Bytes value) {
        return (long) key.size() + value.size();
    }

    /** With a value that comes now, in place of the one under its key. */
    ValueStore with(Bytes key, Bytes value, Optional<PeerId> sender, Moment now) {
        ValueStore uncounted = uncounted(key);
        long size = size(key, value);
        HeldValue added = new HeldValue(value, sender, Math.max(now.now(), last() + 1), now.wall());
        return new ValueStore(
                held.with(key, added),
                uncounted.order.with(added.received(), key),
                counted(uncounted.shares, added, 1, size),
                uncounted.bytes + size);
    }

    private long last() {
        return order.last().map(Map.Entry::getKey).orElse(Long.MIN_VALUE);
    }

    ValueStore without(Bytes key) {
        ValueStore uncounted = uncounted(key);
        return new ValueStore(held.without(key), uncounted.order, uncounted.shares, uncounted.bytes);
    }

    private ValueStore uncounted(Bytes key) {
        Optional<HeldValue> value = held.find(key);
        if (value.isEmpty()) {
            return this;
        }
        long size = size(key, value.get().value());
        return new ValueStore(
                held, order.without(value.get().received()), counted(shares, value.get(), -1, -size), bytes - size);
    }

    private static Table<PeerId, Share> counted(Table<PeerId, Share> shares, HeldValue of, int values, long bytes) {
        if (of.sender().isEmpty()) {
            return shares;
        }
        PeerId sender = of.sender().get();
        Share before = shares.or(sender, Share.NONE);
        Share after = new Share(before.values() + values, before.bytes() + bytes);
        return after.values() == 0 ? shares.without(sender) : shares.with(sender, after);
    }

    /** The keys of those that came first, in order. */
    List<Bytes> oldest(int most) {
        return first(order, most);
    }

    static List<Bytes> first(Table<Long, Bytes> order, int most) {
        List<Bytes> first = new ArrayList<>();
        for (Iterator<Bytes> keys = order.values().iterator(); keys.hasNext() && first.size() < most; ) {
            first.add(keys.next());
        }
        return first;
    }

    /** How the counts differ from what is there, as a sentence without its full stop; empty if they do not. */
    Optional<String> violation() {
        Table<PeerId, Share> counted = Table.empty();
        Table<Long, Bytes> ordered = Table.empty();
        long sum = 0;
        for (Map.Entry<Bytes, HeldValue> each : held) {
            long size = size(each.getKey(), each.getValue().value());
            counted = counted(counted, each.getValue(), 1, size);
            ordered = ordered.with(each.getValue().received(), each.getKey());
            sum += size;
        }
        return sum == bytes && counted.equals(shares) && ordered.equals(order)
                ? Optional.empty()
                : Optional.of("values of " + sum + " bytes and shares " + counted + " are counted as " + bytes + " and "
                        + shares + ", or are in another order than they came");
    }
}
