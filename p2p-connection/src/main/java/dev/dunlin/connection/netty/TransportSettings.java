package dev.dunlin.connection.netty;

import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.noise.NoiseLimits;
import dev.dunlin.connection.yamux.YamuxSettings;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

/** The bounds of the transport as settings: each is the field of {@link Limits} of its name, or of a record inside. */
public final class TransportSettings {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;
    private static final int MANY = 1 << 16;

    private static final Setting UPGRADE_TIMEOUT = Setting.time(
            "transport.upgradeTimeout",
            Limits.DEFAULT.upgradeMicros(),
            MILLI,
            HOUR,
            "how long a connection may take from its first byte until it is secured and carries streams");
    private static final Setting CONNECT_TIMEOUT = Setting.time(
            "transport.connectTimeout", Limits.DEFAULT.connectMicros(), MILLI, HOUR, "how long a TCP connect may take");
    private static final Setting MAX_PENDING_INBOUND = Setting.count(
            "transport.maxPendingInbound",
            Limits.DEFAULT.maxPendingInbound(),
            1,
            MANY,
            "most connections of others that are not secured yet; for one more, another is closed");
    private static final Setting MAX_PENDING_PER_SUBNET = Setting.count(
            "transport.maxPendingPerSubnet",
            Limits.DEFAULT.maxPendingPerSubnet(),
            1,
            MANY,
            "most of these connections from one network (an IPv4 /24, an IPv6 /56)");
    private static final Setting MAX_PENDING_OPENS = Setting.count(
            "transport.maxPendingOpens",
            Limits.DEFAULT.maxPendingOpens(),
            1,
            MANY,
            "most streams of one connection that wait to be opened; more fail");
    private static final Setting MAX_HELD_BYTES = Setting.size(
            "transport.maxHeldBytes",
            0,
            0,
            1L << 40,
            "how much all connections together hold in windows and buffers; 0 for a quarter of the heap, at most 512MiB");
    private static final Setting MAX_HELD_BYTES_PER_CONNECTION = Setting.size(
            "transport.maxHeldBytesPerConnection",
            0,
            0,
            1L << 40,
            "how much one connection holds; 0 for a sixteenth of what all hold");

    private static final Setting MULTISTREAM_MESSAGE = Setting.size(
            "multistream.maxMessageBytes",
            MultistreamLimits.DEFAULT.maxMessageBytes(),
            1,
            16_383,
            "the longest message of a negotiation of protocols");
    private static final Setting MULTISTREAM_REFUSALS = Setting.count(
            "multistream.maxRefusals",
            MultistreamLimits.DEFAULT.maxRefusals(),
            0,
            MANY,
            "how many proposals one negotiation of protocols sees refused before it fails");
    private static final Setting MULTISTREAM_TIMEOUT = Setting.time(
            "multistream.timeout",
            MultistreamLimits.DEFAULT.deadlineMicros(),
            MILLI,
            HOUR,
            "how long a negotiation of protocols may take");
    private static final Setting NOISE_PAYLOAD = Setting.size(
            "noise.maxPayloadBytes",
            NoiseLimits.DEFAULT.maxPayloadBytes(),
            0,
            65_535,
            "the longest proof of identity that is read; an RSA key of 8192 bits takes about 2100 bytes");
    private static final Setting NOISE_EMPTY_FRAMES = Setting.count(
            "noise.maxEmptyFrames",
            NoiseLimits.DEFAULT.maxEmptyFrames(),
            0,
            MANY,
            "how many secured frames without content may follow one another");
    private static final Setting NOISE_TIMEOUT = Setting.time(
            "noise.handshakeTimeout",
            NoiseLimits.DEFAULT.handshakeMicros(),
            MILLI,
            HOUR,
            "how long the handshake that secures a connection may take");

    private static final ResolverLimits RESOLVER = ResolverLimits.defaults();
    private static final Setting MAX_DEPTH = Setting.count(
            "resolver.maxDepth",
            RESOLVER.maxDepth(),
            1,
            32,
            "how many dnsaddr answers may lead to one another in a row");
    private static final Setting MAX_RESULTS = Setting.count(
            "resolver.maxResults", RESOLVER.maxResults(), 1, 1000, "most addresses that one name is taken to have");
    private static final Setting MAX_LOOKUPS = Setting.count(
            "resolver.maxLookups",
            RESOLVER.maxLookups(),
            1,
            1000,
            "most names that one name may make this node ask for");
    private static final Setting MAX_RESOLUTIONS = Setting.count(
            "resolver.maxResolutions", RESOLVER.maxResolutions(), 1, MANY, "most names that are resolved at once");
    private static final Setting MAX_LOOKUPS_IN_FLIGHT = Setting.count(
            "resolver.maxLookupsInFlight",
            RESOLVER.maxLookupsInFlight(),
            1,
            MANY,
            "most questions to name servers at once; others wait");
    private static final Setting RESOLVE_TIMEOUT =
            Setting.time("resolver.timeout", RESOLVER.timeout(), MILLI, HOUR, "how long resolving a name may take");
    private static final Setting QUERY_TIMEOUT = Setting.time(
            "resolver.queryTimeout",
            RESOLVER.queryTimeout(),
            MILLI,
            HOUR,
            "how long one name server has to answer before the next one is asked");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    UPGRADE_TIMEOUT,
                    CONNECT_TIMEOUT,
                    MAX_PENDING_INBOUND,
                    MAX_PENDING_PER_SUBNET,
                    MAX_PENDING_OPENS,
                    MAX_HELD_BYTES,
                    MAX_HELD_BYTES_PER_CONNECTION,
                    MULTISTREAM_MESSAGE,
                    MULTISTREAM_REFUSALS,
                    MULTISTREAM_TIMEOUT,
                    NOISE_PAYLOAD,
                    NOISE_EMPTY_FRAMES,
                    NOISE_TIMEOUT,
                    MAX_DEPTH,
                    MAX_RESULTS,
                    MAX_LOOKUPS,
                    MAX_RESOLUTIONS,
                    MAX_LOOKUPS_IN_FLIGHT,
                    RESOLVE_TIMEOUT,
                    QUERY_TIMEOUT)
            .atMost(MAX_PENDING_PER_SUBNET, MAX_PENDING_INBOUND, "one network could take all places")
            .atMost(NOISE_TIMEOUT, UPGRADE_TIMEOUT, "the handshake would be cut off by the upgrade around it")
            .atMost(MULTISTREAM_TIMEOUT, UPGRADE_TIMEOUT, "the negotiation would be cut off by the upgrade around it")
            .atMost(QUERY_TIMEOUT, RESOLVE_TIMEOUT, "no name server but the first would ever be asked")
            .and(YamuxSettings.SETTINGS);

    private TransportSettings() {}

    /** What a configuration says. */
    public static Limits of(Table<String, String> config) {
        long held = MAX_HELD_BYTES.number(config);
        long all = held == 0 ? Limits.DEFAULT.maxHeldBytes() : held;
        long each = MAX_HELD_BYTES_PER_CONNECTION.number(config);
        return new Limits(
                new MultistreamLimits(
                        MULTISTREAM_MESSAGE.integer(config),
                        MULTISTREAM_REFUSALS.integer(config),
                        MULTISTREAM_TIMEOUT.number(config)),
                new NoiseLimits(
                        NOISE_PAYLOAD.integer(config),
                        NOISE_EMPTY_FRAMES.integer(config),
                        NOISE_TIMEOUT.number(config)),
                YamuxSettings.of(config),
                new ResolverLimits(
                        MAX_DEPTH.integer(config),
                        MAX_RESULTS.integer(config),
                        MAX_LOOKUPS.integer(config),
                        MAX_RESOLUTIONS.integer(config),
                        MAX_LOOKUPS_IN_FLIGHT.integer(config),
                        RESOLVE_TIMEOUT.number(config),
                        QUERY_TIMEOUT.number(config)),
                UPGRADE_TIMEOUT.number(config),
                CONNECT_TIMEOUT.number(config),
                MAX_PENDING_INBOUND.integer(config),
                MAX_PENDING_PER_SUBNET.integer(config),
                MAX_PENDING_OPENS.integer(config),
                all,
                each == 0 ? Math.max(1, all / 16) : each);
    }
}
