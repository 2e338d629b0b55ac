package dev.dunlin.dht.record;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Subject;
import java.util.Optional;

/**
 * What this node keeps for others.
 *
 * @param config what the last boot said, and operators since
 * @param clock what is known of the wall clock
 * @param values the values
 * @param providers the provider records
 * @param expiries when the oldest of each kind expires; of those that there are
 * @param tally what became of what was sent
 * @param disk the file that they are in instead of this state, if they are in one
 */
public record RecordsState(
        RecordsConfig config,
        WallClock clock,
        ValueStore values,
        ProviderStore providers,
        Table<RecordKind, Expiry> expiries,
        Tally tally,
        Disk disk) {

    private static final String ON_DISK = "onDisk";

    /** Before the first boot. */
    public static final RecordsState INITIAL = new RecordsState(
            RecordsConfig.DEFAULT,
            WallClock.INITIAL,
            ValueStore.EMPTY,
            ProviderStore.EMPTY,
            Table.empty(),
            Tally.NONE,
            Disk.NONE);

    /**
     * When something expires. One for each kind: an expiry goes by the wall clock too, and a step of that moves all of them; so they are
     * not times of the records, and no boot and no step has to change each record.
     *
     * @param at microseconds of the node's time
     */
    public record Expiry(long at) implements Due {}

    RecordsState with(ValueStore changed) {
        return new RecordsState(config, clock, changed, providers, expiries, tally, disk);
    }

    RecordsState with(ProviderStore changed) {
        return new RecordsState(config, clock, values, changed, expiries, tally, disk);
    }

    RecordsState with(Tally changed) {
        return new RecordsState(config, clock, values, providers, expiries, changed, disk);
    }

    RecordsState with(RecordsConfig changed) {
        return new RecordsState(changed, clock, values, providers, expiries, tally, disk);
    }

    RecordsState with(WallClock changed) {
        return new RecordsState(config, changed, values, providers, expiries, tally, disk);
    }

    RecordsState with(Disk changed) {
        return new RecordsState(config, clock, values, providers, expiries, tally, changed);
    }

    /** How much is kept, be it here or in a file. */
    public Stock stock() {
        return disk.isUsed() ? disk.stock() : new MemoryStore(values, providers).stock();
    }

    /** With the expiry of a kind as the oldest of it says, but not before a time. */
    RecordsState awaiting(RecordKind kind, long earliest) {
        boolean isUnknown =
                disk.isUsed() && disk.failure().isPresent() && oldest(kind).isEmpty();
        // Of what nobody knows is still to be asked.
        Optional<Expiry> expiry = isUnknown
                ? expiries.find(kind).map(before -> new Expiry(Math.max(earliest, before.at())))
                : oldest(kind)
                        .map(first -> new Expiry(Math.max(earliest, clock.whenSurelyOlder(first, config.age(kind)))));
        if (expiry.equals(expiries.find(kind))) {
            return this;
        }
        return with(expiry.isPresent() ? expiries.with(kind, expiry.get()) : expiries.without(kind));
    }

    /** With the expiry of a kind no later than at a time, though nobody knows whether there is any of it. */
    RecordsState expecting(RecordKind kind, long at) {
        boolean isSooner =
                expiries.find(kind).filter(expiry -> expiry.at() <= at).isPresent();
        return isSooner ? this : with(expiries.with(kind, new Expiry(at)));
    }

    private RecordsState with(Table<RecordKind, Expiry> changed) {
        return new RecordsState(config, clock, values, providers, changed, tally, disk);
    }

    private Optional<? extends Received> oldest(RecordKind kind) {
        if (disk.isUsed()) {
            return disk.stock().oldest(kind);
        }
        return switch (kind) {
            case VALUES ->
                values.oldest(1).stream().findFirst().map(key -> values.held().at(key));
            case PROVIDERS ->
                providers.oldest(1).stream()
                        .findFirst()
                        .map(key -> providers.keys().at(key).oldest());
        };
    }

    String phaseOf(Subject subject) {
        return switch (subject.kind()) {
            case RecordsAction.OfValue.KIND ->
                disk.isUsed() ? ON_DISK : values.held().has(Bytes.parse(subject.key())) ? "held" : "noValue";
            case RecordsAction.OfContent.KIND ->
                disk.isUsed() ? ON_DISK : providers.keys().has(Bytes.parse(subject.key())) ? "provided" : "noProviders";
            default -> "running";
        };
    }
}
