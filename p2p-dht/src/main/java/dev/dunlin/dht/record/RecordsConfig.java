package dev.dunlin.dht.record;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.routing.RoutingConfig;
import dev.dunlin.dht.wire.ValueRecord;

/**
 * What can be configured of the records machine. Each component but those below is the setting of its name, in microseconds or bytes where
 * it is a time or a size; what it means stands there. A value that is missing or out of its range is the standard one. A bound that is
 * lowered takes nothing away: no more is taken until what is there has expired.
 *
 * @param isScoped whether addresses of the internet and of the local network make two networks ({@code routing.addresses})
 */
public record RecordsConfig(
        boolean isScoped,
        int maxValues,
        int maxValueSize,
        long maxValueBytes,
        int maxValuesOfPeer,
        long maxValueBytesOfPeer,
        int maxProviderKeys,
        int maxProviders,
        int maxProvidersOfKey,
        int maxProvidersOfPeer,
        int maxProvidersTold,
        long valueAge,
        long providerAge,
        long freshAge,
        long clockGrace) {

    static final int MOST_VALUES = 1 << 20;
    static final long MOST_VALUE_BYTES = 4L << 30;
    static final int MOST_PROVIDERS = 1 << 23;
    static final int MOST_PROVIDERS_OF_KEY = 256;
    private static final long HOUR = 3_600_000_000L;
    private static final long MOST_AGE = 30 * 24 * HOUR;

    private static final Setting MAX_VALUES =
            Setting.count("records.maxValues", 16_384, 0, MOST_VALUES, "most values that are kept for others");
    private static final Setting MAX_VALUE_SIZE =
            Setting.size("records.maxValueSize", 64 << 10, 1, ValueRecord.MAX_VALUE, "the longest value that is taken");
    private static final Setting MAX_VALUE_BYTES = Setting.size(
            "records.maxValueBytes", 64 << 20, 0, MOST_VALUE_BYTES, "most bytes of all values, with their keys");
    private static final Setting MAX_VALUES_OF_PEER =
            Setting.count("records.maxValuesOfPeer", 1024, 0, MOST_VALUES, "most values that one peer has stored");
    private static final Setting MAX_VALUE_BYTES_OF_PEER = Setting.size(
            "records.maxValueBytesOfPeer", 4 << 20, 0, MOST_VALUE_BYTES, "most bytes of them, with their keys");
    private static final Setting MAX_PROVIDER_KEYS =
            Setting.count("records.maxProviderKeys", 300_000, 0, MOST_PROVIDERS, "most keys whose providers are kept");
    private static final Setting MAX_PROVIDERS = Setting.count(
            "records.maxProviders",
            600_000,
            0,
            MOST_PROVIDERS,
            "most provider records, of which there is one for each key and each of its providers");
    private static final Setting MAX_PROVIDERS_OF_KEY =
            Setting.count("records.maxProvidersOfKey", 100, 1, MOST_PROVIDERS_OF_KEY, "most providers of one key");
    private static final Setting MAX_PROVIDERS_OF_PEER =
            Setting.count("records.maxProvidersOfPeer", 30_000, 0, MOST_PROVIDERS, "most keys that one peer provides");
    private static final Setting MAX_PROVIDERS_TOLD = Setting.count(
            "records.maxProvidersTold",
            64,
            1,
            MOST_PROVIDERS_OF_KEY,
            "most providers of one answer, drawn by lot where there are more");
    private static final Setting VALUE_AGE = Setting.time(
            "records.valueAge", 48 * HOUR, 1_000_000, MOST_AGE, "how long a value is kept after it was stored");
    private static final Setting PROVIDER_AGE = Setting.time(
            "records.providerAge",
            48 * HOUR,
            1_000_000,
            MOST_AGE,
            "how long a provider record is kept after it was stored");
    private static final Setting FRESH_AGE = Setting.time(
            "records.freshAge",
            24 * HOUR,
            0,
            MOST_AGE,
            "how long the addresses of a provider are told after it was heard of, and after how long without"
                    + " being stored again a record makes room for another where there is none");
    private static final Setting CLOCK_GRACE = Setting.time(
            "records.clockGrace",
            600_000_000,
            0,
            24 * HOUR,
            "how long after a start or a step of the system clock nothing is dropped because of what it says");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_VALUES,
                    MAX_VALUE_SIZE,
                    MAX_VALUE_BYTES,
                    MAX_VALUES_OF_PEER,
                    MAX_VALUE_BYTES_OF_PEER,
                    MAX_PROVIDER_KEYS,
                    MAX_PROVIDERS,
                    MAX_PROVIDERS_OF_KEY,
                    MAX_PROVIDERS_OF_PEER,
                    MAX_PROVIDERS_TOLD,
                    VALUE_AGE,
                    PROVIDER_AGE,
                    FRESH_AGE,
                    CLOCK_GRACE)
            .alive();

    /** What an empty configuration says. */
    public static final RecordsConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static RecordsConfig of(Table<String, String> config) {
        return new RecordsConfig(
                RoutingConfig.of(config).isScoped(),
                MAX_VALUES.integer(config),
                MAX_VALUE_SIZE.integer(config),
                MAX_VALUE_BYTES.number(config),
                MAX_VALUES_OF_PEER.integer(config),
                MAX_VALUE_BYTES_OF_PEER.number(config),
                MAX_PROVIDER_KEYS.integer(config),
                MAX_PROVIDERS.integer(config),
                MAX_PROVIDERS_OF_KEY.integer(config),
                MAX_PROVIDERS_OF_PEER.integer(config),
                MAX_PROVIDERS_TOLD.integer(config),
                VALUE_AGE.number(config),
                PROVIDER_AGE.number(config),
                FRESH_AGE.number(config),
                CLOCK_GRACE.number(config));
    }

    long age(RecordKind kind) {
        return switch (kind) {
            case VALUES -> valueAge;
            case PROVIDERS -> providerAge;
        };
    }
}
