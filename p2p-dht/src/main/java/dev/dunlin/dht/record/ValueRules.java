package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which values are stored, and which are told (libp2p/specs kad-dht/README.md, "Entry validation"; ipfs/specs src/routing/kad-dht.md, "Value
 * Storage and Retrieval").
 *
 * <p>Where there is no room, a value that was not stored again for long makes room; if there is none, the new one is refused. If the oldest
 * had to go at once, whoever makes up names and keys would push out all that others have stored.
 */
record ValueRules(RecordsConfig config, Validators validators, Moment now) {

    /** The value that is told, of what is held; it is valid now, though it was when it was stored: an IPNS record has an end of its own. */
    Optional<ValueRecord> told(Bytes key, Optional<HeldValue> value) {
        return value.filter(held -> !now.isOlder(held, config.valueAge()))
                .filter(held -> problem(key, held.value()).isEmpty())
                .map(held -> new ValueRecord(key, held.value(), Optional.of(now.told(held))));
    }

    /** Why a value is not valid now. */
    Optional<String> problem(Bytes key, Bytes value) {
        return validators.problem(key, value, now.wall());
    }

    /** Whether a better one is held that is valid; one that is not, such as an IPNS record that has ended, is no better. */
    boolean isWorse(ValueRecord record, Optional<HeldValue> value) {
        Bytes key = record.key();
        return value.filter(held -> validators.better(key, record.value(), held.value()) < 0)
                .filter(held -> problem(key, held.value()).isEmpty())
                .isPresent();
    }

    boolean isLong(ValueRecord record) {
        return record.value().size() > config.maxValueSize();
    }

    /** Room for a value. The one that it replaces makes room, and one that is there already needs none. */
    static Room.ForValue room(
            RecordStore store, ValueRecord record, Optional<PeerId> sender, RecordsConfig config, Moment now) {
        Optional<HeldValue> before = store.value(record.key());
        if (isThere(record, before)) {
            return new Room.ForValue(List.of(), Optional.empty());
        }
        long size = ValueStore.size(record.key(), record.value());
        long sizeBefore =
                before.map(held -> ValueStore.size(record.key(), held.value())).orElse(0L);
        int valueBefore = before.isPresent() ? 1 : 0;
        if (sender.isPresent()) {
            ValueStore.Share share = store.share(sender.get());
            boolean isOwn = before.filter(held -> held.sender().equals(sender)).isPresent();
            Optional<Refusal> beyondShare = beyondShare(
                    share.values() + 1 - (isOwn ? 1 : 0), share.bytes() + size - (isOwn ? sizeBefore : 0), config);
            if (beyondShare.isPresent()) {
                return Room.ForValue.none(beyondShare.get());
            }
        }
        int values = store.values() + 1 - valueBefore;
        long bytes = store.valueBytes() + size - sizeBefore;
        List<Bytes> going = new ArrayList<>();
        Optional<Refusal> beyond = beyond(values, bytes, config);
        if (beyond.isEmpty()) {
            return new Room.ForValue(going, beyond);
        }
        // One more than may go, and the one that is replaced, which has made room already.
        for (Bytes key : store.oldestValues(Room.MOST_TRIES + 1)) {
            if (key.equals(record.key())) {
                continue;
            }
            HeldValue held = store.value(key).orElseThrow();
            if (going.size() == Room.MOST_TRIES || !now.isSurelyOlder(held, config.freshAge())) {
                break;
            }
            going.add(key);
            values--;
            bytes -= ValueStore.size(key, held.value());
            beyond = beyond(values, bytes, config);
            if (beyond.isEmpty()) {
                return new Room.ForValue(going, beyond);
            }
        }
        return Room.ForValue.none(beyond.orElseThrow());
    }

    private static Optional<Refusal> beyondShare(int values, long bytes, RecordsConfig config) {
        if (values > config.maxValuesOfPeer()) {
            return Optional.of(Refusal.VALUES_OF_PEER);
        }
        return bytes > config.maxValueBytesOfPeer() ? Optional.of(Refusal.VALUE_BYTES_OF_PEER) : Optional.empty();
    }

    private static Optional<Refusal> beyond(int values, long bytes, RecordsConfig config) {
        if (values > config.maxValues()) {
            return Optional.of(Refusal.VALUES_FULL);
        }
        return bytes > config.maxValueBytes() ? Optional.of(Refusal.VALUE_BYTES_FULL) : Optional.empty();
    }

    /** What storing a value does, where another is held or none. */
    static RecordsAction.Change change(ValueRecord record, Optional<HeldValue> before) {
        if (isThere(record, before)) {
            return RecordsAction.Change.REFRESHED;
        }
        return before.isPresent() ? RecordsAction.Change.REPLACED : RecordsAction.Change.NEW;
    }

    private static boolean isThere(ValueRecord record, Optional<HeldValue> before) {
        return before.filter(held -> held.value().equals(record.value())).isPresent();
    }

    /** Stores a value that there is room for. One that was there stays in the share of who sent it first. */
    static void store(RecordStore store, ValueRecord record, Optional<PeerId> sender, Room.ForValue room, Moment now) {
        Optional<HeldValue> before =
                store.value(record.key()).filter(held -> held.value().equals(record.value()));
        room.going().forEach(store::dropValue);
        if (before.isPresent()) {
            store.putValue(record.key(), before.get().value(), before.get().sender(), now);
        } else {
            store.putValue(record.key(), record.value(), sender, now);
        }
    }

    /** Drops what is older than it may get, the oldest first, and tells how many were. */
    static int expire(RecordStore store, RecordsConfig config, Moment now, int most) {
        int expired = 0;
        for (Bytes key : store.oldestValues(most)) {
            if (!now.isSurelyOlder(store.value(key).orElseThrow(), config.valueAge())) {
                break;
            }
            store.dropValue(key);
            expired++;
        }
        return expired;
    }
}
