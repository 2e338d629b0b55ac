package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What always holds of the records machine. */
final class RecordsInvariants {

    private RecordsInvariants() {}

    static final List<Invariant<RecordsState>> ALL = List.of(
            new Invariant<>("values-are-counted", own -> own.values().violation()),
            new Invariant<>("providers-are-counted", own -> own.providers().violation()),
            new Invariant<>("values-are-bounded", own -> {
                boolean isBounded = own.values().held().size() <= RecordsConfig.MOST_VALUES
                        && own.values().bytes() <= RecordsConfig.MOST_VALUE_BYTES;
                for (HeldValue held : own.values().held().values()) {
                    isBounded = isBounded && held.value().size() <= ValueRecord.MAX_VALUE;
                }
                return isBounded
                        ? Optional.empty()
                        : Optional.of(own.values().held().size() + " values have "
                                + own.values().bytes() + " bytes, or one is too long");
            }),
            new Invariant<>("providers-are-sound", own -> {
                if (own.providers().records() > RecordsConfig.MOST_PROVIDERS) {
                    return Optional.of("there are " + own.providers().records() + " provider records");
                }
                for (Providers each : own.providers().keys().values()) {
                    if (!isSound(each)) {
                        return Optional.of("a key has these providers: " + each);
                    }
                }
                for (Provider each : own.providers().peers().values()) {
                    if (each.addresses().isEmpty() || each.addresses().size() > 2 * Provider.MAX_ADDRESSES) {
                        return Optional.of("a provider has " + each.addresses().size() + " addresses");
                    }
                }
                return Optional.empty();
            }),
            new Invariant<>(
                    "what-waits-for-the-disk-is-counted", own -> own.disk().violation()),
            new Invariant<>("records-are-in-one-place", own -> {
                boolean isEmpty =
                        own.values().held().isEmpty() && own.providers().keys().isEmpty();
                return isEmpty || !own.disk().isUsed()
                        ? Optional.empty()
                        : Optional.of("there are records in the state beside those in the file");
            }),
            new Invariant<>("all-expires", own -> {
                boolean expires = true;
                for (RecordKind kind : RecordKind.values()) {
                    boolean isAwaited = own.expiries().has(kind);
                    boolean isThere = own.stock().oldest(kind).isPresent();
                    // Of a file that could not be counted nobody knows.
                    expires = expires
                            && (isAwaited || !isThere)
                            && (!isAwaited || isThere || own.disk().isUsed());
                }
                return expires ? Optional.empty() : Optional.of("expiries are awaited so: " + own.expiries());
            }));

    private static boolean isSound(Providers providers) {
        Set<PeerId> once = new TreeSet<>();
        long last = Long.MIN_VALUE;
        boolean isSorted = true;
        for (Provided each : providers.all()) {
            once.add(each.peer());
            isSorted = isSorted && each.received() > last;
            last = each.received();
        }
        return isSorted
                && once.size() == providers.all().size()
                && !once.isEmpty()
                && once.size() <= RecordsConfig.MOST_PROVIDERS_OF_KEY;
    }
}
