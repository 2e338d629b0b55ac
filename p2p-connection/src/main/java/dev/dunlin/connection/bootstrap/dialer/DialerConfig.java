package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

/**
 * What can be configured of attempts. Each component is the setting of its name, in microseconds where it is a time; what it means stands
 * there.
 */
public record DialerConfig(
        int maxAttempts,
        long timeout,
        long connectTimeout,
        long responseTimeout,
        long checkTimeout,
        long provisionTimeout,
        long sendTimeout,
        int rounds,
        long pause,
        long mostPause) {

    /** The most attempts that any configuration allows. */
    static final int MOST_ATTEMPTS = 4096;

    private static final long SECOND = 1_000_000;
    private static final long LONGEST = 3600 * SECOND;

    private static final Setting MAX_ATTEMPTS =
            Setting.count("dialer.maxAttempts", 64, 1, MOST_ATTEMPTS, "most links that are redeemed at the same time");
    private static final Setting TIMEOUT = time("timeout", 120, "how long redeeming a link may take");
    private static final Setting CONNECT_TIMEOUT =
            time("connectTimeout", 5, "how long a node of the other party may be dialled");
    private static final Setting RESPONSE_TIMEOUT = time("responseTimeout", 35, "how long it may take to answer");
    private static final Setting CHECK_TIMEOUT = time("checkTimeout", 5, "how long its answer may be looked at");
    private static final Setting PROVISION_TIMEOUT =
            time("provisionTimeout", 15, "how long a database may be made here");
    private static final Setting SEND_TIMEOUT =
            time("sendTimeout", 10, "how long the other party may take to know of it");
    private static final Setting ROUNDS = Setting.count(
            "dialer.rounds", 4, 1, 1000, "how often all nodes of the other party are tried, where it may help");
    private static final Setting PAUSE = time("pause", 1, "how long the first pause between two rounds is");
    private static final Setting MOST_PAUSE = time("mostPause", 30, "how long the longest is: each is twice the last");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_ATTEMPTS,
                    TIMEOUT,
                    CONNECT_TIMEOUT,
                    RESPONSE_TIMEOUT,
                    CHECK_TIMEOUT,
                    PROVISION_TIMEOUT,
                    SEND_TIMEOUT,
                    ROUNDS,
                    PAUSE,
                    MOST_PAUSE)
            .alive();

    /** What an empty configuration says. */
    static final DialerConfig DEFAULT = of(Table.empty());

    private static Setting time(String key, long seconds, String meaning) {
        return Setting.time("dialer." + key, seconds * SECOND, 1_000, LONGEST, meaning);
    }

    /** Reads a configuration; never fails. */
    public static DialerConfig of(Table<String, String> config) {
        return new DialerConfig(
                MAX_ATTEMPTS.integer(config),
                TIMEOUT.number(config),
                CONNECT_TIMEOUT.number(config),
                RESPONSE_TIMEOUT.number(config),
                CHECK_TIMEOUT.number(config),
                PROVISION_TIMEOUT.number(config),
                SEND_TIMEOUT.number(config),
                ROUNDS.integer(config),
                PAUSE.number(config),
                MOST_PAUSE.number(config));
    }
}
