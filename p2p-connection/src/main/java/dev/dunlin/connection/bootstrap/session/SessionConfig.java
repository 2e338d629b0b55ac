package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import java.util.List;

/**
 * What can be configured of sessions. Each component is the setting of its name, in microseconds where it is a time; what it means stands
 * there.
 */
public record SessionConfig(
        boolean isServing,
        List<Multiaddr> cadre,
        int maxSessions,
        int maxPerPeer,
        int maxPerNetwork,
        int maxProvisioning,
        int maxQueued,
        long timeout,
        long foilTimeout,
        long tokenTimeout,
        long identityTimeout,
        long provisionTimeout,
        long responseTimeout,
        long databaseTimeout,
        long validationTimeout,
        long lease,
        long retryAfter,
        long sweepEvery,
        long breakerPause,
        long tokenEvery,
        int tokenBurst,
        long networkEvery,
        int networkBurst,
        long penaltyFrom,
        long penaltyMost,
        int turnedAway,
        int kept,
        long keptFor,
        long drainTimeout) {

    /** Copies the list. */
    public SessionConfig {
        cadre = List.copyOf(cadre);
    }

    /** The most sessions that any configuration allows. */
    static final int MOST_SESSIONS = 1 << 16;

    /** The most that are over and can be looked at. */
    static final int MOST_KEPT = 10_000;

    private static final long SECOND = 1_000_000;
    private static final long LONGEST = 3600 * SECOND;

    private static final Setting SERVE =
            Setting.flag("session.serve", true, "whether peers that come with a token are let in");
    private static final Setting CADRE = new Setting(
            "session.cadre",
            new Kind.Addresses(SessionMachine.MOST_CADRE),
            "",
            "where the other nodes of this node's party are, each with its id: who is let in is told of them",
            false);
    private static final Setting MAX_SESSIONS =
            Setting.count("session.maxSessions", 1024, 1, MOST_SESSIONS, "most bootstraps that go on at the same time");
    private static final Setting MAX_PER_PEER =
            Setting.count("session.maxPerPeer", 4, 1, MOST_SESSIONS, "most of them of one peer");
    private static final Setting MAX_PER_NETWORK = Setting.count(
            "session.maxPerNetwork", 64, 1, MOST_SESSIONS, "most of them from one network (an IPv4 /24, an IPv6 /56)");
    private static final Setting MAX_PROVISIONING =
            Setting.count("session.maxProvisioning", 4, 1, 1024, "most databases that are made at the same time");
    private static final Setting MAX_QUEUED =
            Setting.count("session.maxQueued", 64, 0, MOST_SESSIONS, "most bootstraps that wait until theirs is made");
    private static final Setting TIMEOUT =
            Setting.time("session.timeout", 30 * SECOND, 1_000, LONGEST, "how long a bootstrap may take");
    private static final Setting FOIL_TIMEOUT = Setting.time(
            "session.foilTimeout",
            60 * SECOND,
            1_000,
            LONGEST,
            "how long one may take in which the other side makes the database");
    private static final Setting TOKEN_TIMEOUT =
            Setting.time("session.tokenTimeout", 5 * SECOND, 1_000, LONGEST, "how long a token may be looked at");
    private static final Setting IDENTITY_TIMEOUT =
            Setting.time("session.identityTimeout", 5 * SECOND, 1_000, LONGEST, "how long an identity may be judged");
    private static final Setting PROVISION_TIMEOUT = Setting.time(
            "session.provisionTimeout",
            15 * SECOND,
            1_000,
            LONGEST,
            "how long a database may wait to be made, and be made");
    private static final Setting RESPONSE_TIMEOUT =
            Setting.time("session.responseTimeout", 5 * SECOND, 1_000, LONGEST, "how long an answer may be written");
    private static final Setting DATABASE_TIMEOUT = Setting.time(
            "session.databaseTimeout", 30 * SECOND, 1_000, LONGEST, "how long the other side may make its database");
    private static final Setting VALIDATION_TIMEOUT = Setting.time(
            "session.validationTimeout", 5 * SECOND, 1_000, LONGEST, "how long its database may be judged");
    private static final Setting LEASE = Setting.time(
            "session.lease",
            600 * SECOND,
            1_000,
            LONGEST,
            "how long a peer may ask again for an answer that has not come to it");
    private static final Setting RETRY_AFTER = Setting.time(
            "session.retryAfter",
            5 * SECOND,
            1_000,
            LONGEST,
            "after how long who was turned away for want of room is told to come again");
    private static final Setting SWEEP_EVERY = Setting.time(
            "session.sweepEvery",
            60 * SECOND,
            1_000,
            LONGEST,
            "how often the tokens are looked through for uses that nobody works on");
    private static final Setting BREAKER_PAUSE = Setting.time(
            "session.breakerPause",
            10 * SECOND,
            1_000,
            LONGEST,
            "how long no database is made after half of the last ones failed");
    private static final Setting TOKEN_EVERY = Setting.time(
            "session.tokenEvery", 1 * SECOND, 0, LONGEST, "how far apart the uses of one token are, on average");
    private static final Setting TOKEN_BURST =
            Setting.count("session.tokenBurst", 60, 1, 1_000_000, "how many uses of one token may come sooner");
    private static final Setting NETWORK_EVERY = Setting.time(
            "session.networkEvery", 10_000, 0, LONGEST, "how far apart the contacts from one network are, on average");
    private static final Setting NETWORK_BURST = Setting.count(
            "session.networkBurst", 1000, 1, 1_000_000, "how many contacts from one network may come sooner");
    private static final Setting PENALTY_FROM = Setting.time(
            "session.penaltyFrom", 15 * SECOND, 0, LONGEST, "from which penalty on nobody of a network is let in");
    private static final Setting PENALTY_MOST = Setting.time(
            "session.penaltyMost", 600 * SECOND, 0, LONGEST, "the longest penalty of a network; 0 for none");
    private static final Setting TURNED_AWAY = Setting.count(
            "session.turnedAway",
            1000,
            0,
            1_000_000,
            "how many a second are told that they are turned away; the others see a reset");
    private static final Setting KEPT =
            Setting.count("session.kept", 1000, 0, MOST_KEPT, "how many bootstraps that are over can be looked at");
    private static final Setting KEPT_FOR =
            Setting.time("session.keptFor", 3600 * SECOND, 1_000, LONGEST, "for how long");

    private static final Setting DRAIN_TIMEOUT = Setting.time(
            "session.drainTimeout",
            30 * SECOND,
            0,
            LONGEST,
            "how long bootstraps that go on may take when the node stops; those that are left are ended");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_SESSIONS,
                    MAX_PER_PEER,
                    MAX_PER_NETWORK,
                    MAX_PROVISIONING,
                    MAX_QUEUED,
                    TIMEOUT,
                    FOIL_TIMEOUT,
                    TOKEN_TIMEOUT,
                    IDENTITY_TIMEOUT,
                    PROVISION_TIMEOUT,
                    RESPONSE_TIMEOUT,
                    DATABASE_TIMEOUT,
                    VALIDATION_TIMEOUT,
                    LEASE,
                    RETRY_AFTER,
                    SWEEP_EVERY,
                    BREAKER_PAUSE,
                    TOKEN_EVERY,
                    TOKEN_BURST,
                    NETWORK_EVERY,
                    NETWORK_BURST,
                    PENALTY_FROM,
                    PENALTY_MOST,
                    TURNED_AWAY,
                    KEPT,
                    KEPT_FOR,
                    DRAIN_TIMEOUT)
            .alive()
            .and(Settings.of(SERVE, CADRE));

    /** What an empty configuration says. */
    static final SessionConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static SessionConfig of(Table<String, String> config) {
        return new SessionConfig(
                SERVE.isOn(config),
                CADRE.all(config).stream().map(Multiaddr::parse).toList(),
                MAX_SESSIONS.integer(config),
                MAX_PER_PEER.integer(config),
                MAX_PER_NETWORK.integer(config),
                MAX_PROVISIONING.integer(config),
                MAX_QUEUED.integer(config),
                TIMEOUT.number(config),
                FOIL_TIMEOUT.number(config),
                TOKEN_TIMEOUT.number(config),
                IDENTITY_TIMEOUT.number(config),
                PROVISION_TIMEOUT.number(config),
                RESPONSE_TIMEOUT.number(config),
                DATABASE_TIMEOUT.number(config),
                VALIDATION_TIMEOUT.number(config),
                LEASE.number(config),
                RETRY_AFTER.number(config),
                SWEEP_EVERY.number(config),
                BREAKER_PAUSE.number(config),
                TOKEN_EVERY.number(config),
                TOKEN_BURST.integer(config),
                NETWORK_EVERY.number(config),
                NETWORK_BURST.integer(config),
                PENALTY_FROM.number(config),
                PENALTY_MOST.number(config),
                TURNED_AWAY.integer(config),
                KEPT.integer(config),
                KEPT_FOR.number(config),
                DRAIN_TIMEOUT.number(config));
    }
}
