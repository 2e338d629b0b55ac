package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.Optional;

/**
 * Which values are stored, and which are told (libp2p/specs kad-dht/README.md, "Entry validation"; ipfs/specs src/routing/kad-dht.md, "Value
 * Storage and Retrieval").
 *
 * <p>Where there is no room, a value that was not stored again for long makes room; if there is none, the new one is refused. If the oldest
 * had to go at once, whoever makes up names and keys would push out all that others have stored.
 */
record ValueRules(RecordsState own, Validators validators, Moment now) {

    /** The value that is told; it is valid now, though it was when it was stored: an IPNS record has an end of its own. */
    Optional<ValueRecord> find(Bytes key) {
        return own.values()
                .held()
                .find(key)
                .filter(held -> !now.isOlder(held, own.config().valueAge()))
                .filter(held -> problem(key, held.value()).isEmpty())
                .map(held -> new ValueRecord(key, held.value(), Optional.of(now.told(held))));
    }

    /** Why a value is not valid now. */
    Optional<String> problem(Bytes key, Bytes value) {
        return validators.problem(key, value, now.wall());
    }

    /** Whether a better one is held that is valid; one that is not, such as an IPNS record that has ended, is no better. */
    boolean isWorse(ValueRecord record) {
        Bytes key = record.key();
        return own.values()
                .held()
                .find(key)
                .filter(held -> validators.better(key, record.value(), held.value()) < 0)
                .filter(held -> problem(key, held.value()).isEmpty())
                .isPresent();
    }

    boolean isLong(ValueRecord record) {
        return record.value().size() > own.config().maxValueSize();
    }

    /** Room for a value. The one that it replaces makes room, and one that is there already needs none. */
    Room<ValueStore> room(ValueRecord record, Optional<PeerId> sender) {
        ValueStore values = own.values();
        if (isThere(record)) {
            return Room.in(values, 0);
        }
        ValueStore after = with(values, record, sender);
        Optional<Refusal> beyondShare =
                sender.flatMap(peer -> beyond(after.shares().at(peer)));
        if (beyondShare.isPresent()) {
            return Room.none(values, beyondShare.get());
        }
        ValueStore left = values;
        for (int displaced = 0; ; displaced++) {
            Optional<Refusal> beyond = beyond(with(left, record, sender));
            if (beyond.isEmpty()) {
                return Room.in(left, displaced);
            }
            // The one that is replaced has made room already.
            Optional<Bytes> oldest = left.oldest(2).stream()
                    .filter(key -> !key.equals(record.key()))
                    .findFirst();
            if (displaced == Room.MOST_TRIES
                    || oldest.isEmpty()
                    || !makesRoom(left.held().at(oldest.get()))) {
                return Room.none(values, beyond.get());
            }
            left = left.without(oldest.get());
        }
    }

    private boolean makesRoom(HeldValue held) {
        return now.isSurelyOlder(held, own.config().freshAge());
    }

    private Optional<Refusal> beyond(ValueStore.Share share) {
        if (share.values() > own.config().maxValuesOfPeer()) {
            return Optional.of(Refusal.VALUES_OF_PEER);
        }
        return share.bytes() > own.config().maxValueBytesOfPeer()
                ? Optional.of(Refusal.VALUE_BYTES_OF_PEER)
                : Optional.empty();
    }

    private Optional<Refusal> beyond(ValueStore values) {
        if (values.held().size() > own.config().maxValues()) {
            return Optional.of(Refusal.VALUES_FULL);
        }
        return values.bytes() > own.config().maxValueBytes() ? Optional.of(Refusal.VALUE_BYTES_FULL) : Optional.empty();
    }

    /** What storing a value does. */
    RecordsAction.Change change(ValueRecord record) {
        if (isThere(record)) {
            return RecordsAction.Change.REFRESHED;
        }
        return own.values().held().has(record.key()) ? RecordsAction.Change.REPLACED : RecordsAction.Change.NEW;
    }

    private boolean isThere(ValueRecord record) {
        return own.values()
                .held()
                .find(record.key())
                .filter(held -> held.value().equals(record.value()))
                .isPresent();
    }

    /** With a value that there is room for. One that was there stays in the share of who sent it first. */
    ValueStore with(ValueStore values, ValueRecord record, Optional<PeerId> sender) {
        Optional<HeldValue> before =
                values.held().find(record.key()).filter(held -> held.value().equals(record.value()));
        return before.isPresent()
                ? values.with(record.key(), before.get().value(), before.get().sender(), now)
                : values.with(record.key(), record.value(), sender, now);
    }

    /** How many of the values that came first are to be dropped, of so many. */
    int expired(int most) {
        int expired = 0;
        for (Bytes key : own.values().oldest(most)) {
            if (!now.isSurelyOlder(own.values().held().at(key), own.config().valueAge())) {
                break;
            }
            expired++;
        }
        return expired;
    }
}
