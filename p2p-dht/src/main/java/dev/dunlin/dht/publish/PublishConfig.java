package dev.dunlin.dht.publish;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.operation.OperationConfig;
import dev.dunlin.dht.query.Terms;

/**
 * What can be configured of the publish machine. Each component but those below is the setting of its name, in microseconds where it is a
 * time; what it means stands there. A value that is missing or out of its range is the standard one. A bound that is lowered takes nothing
 * away.
 *
 * @param dht how lookups go, and with how many nodes and how fast something is stored: as of operations
 */
public record PublishConfig(
        OperationConfig dht,
        int maxKeys,
        int maxValues,
        long reprovideInterval,
        long valueInterval,
        long delay,
        long retryInterval,
        int width,
        int leastShare) {

    static final int MOST_KEYS = 1_000_000;
    static final int MOST_VALUES = 1024;
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long WEEK = 7 * 24 * HOUR;
    private static final int PERCENT = 100;

    private static final Setting MAX_KEYS = Setting.count(
            "publish.maxKeys", 10_000, 0, MOST_KEYS, "of how much content is told that this node provides it");
    private static final Setting MAX_VALUES =
            Setting.count("publish.maxValues", 64, 0, MOST_VALUES, "how many values are stored again and again");
    private static final Setting REPROVIDE_INTERVAL = Setting.time(
            "publish.reprovideInterval",
            22 * HOUR,
            60 * SECOND,
            WEEK,
            "after how long others are told again that this node provides some content; they forget it after 48 hours");
    private static final Setting VALUE_INTERVAL = Setting.time(
            "publish.valueInterval",
            12 * HOUR,
            60 * SECOND,
            WEEK,
            "after how long a value is stored again; others forget it after 48 hours");
    private static final Setting DELAY = Setting.time(
            "publish.delay",
            3 * SECOND,
            1_000,
            HOUR,
            "how long new content waits for more of its region of the id space before others are told of it");
    private static final Setting RETRY_INTERVAL = Setting.time(
            "publish.retryInterval",
            60 * SECOND,
            SECOND,
            24 * HOUR,
            "after how long what too few have stored is tried again; twice as long each time after that");
    private static final Setting WIDTH = Setting.count(
            "publish.width", 16, 1, Terms.MOST_WANTED, "how many nodes are told of content at the same time");
    private static final Setting LEAST_SHARE = Setting.count(
            "publish.leastShare",
            50,
            1,
            PERCENT,
            "how many percent of the nodes that are to store some content have to, or it is tried again");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_KEYS, MAX_VALUES, REPROVIDE_INTERVAL, VALUE_INTERVAL, DELAY, RETRY_INTERVAL, WIDTH, LEAST_SHARE)
            .alive();

    /** What an empty configuration says. */
    public static final PublishConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PublishConfig of(Table<String, String> config) {
        return new PublishConfig(
                OperationConfig.of(config),
                MAX_KEYS.integer(config),
                MAX_VALUES.integer(config),
                REPROVIDE_INTERVAL.number(config),
                VALUE_INTERVAL.number(config),
                DELAY.number(config),
                RETRY_INTERVAL.number(config),
                WIDTH.integer(config),
                LEAST_SHARE.integer(config));
    }

    /** How many of so many nodes are enough, at least one. */
    int enough(int nodes) {
        return Math.max(1, (nodes * leastShare + PERCENT - 1) / PERCENT);
    }

    /** After how long something is tried again that has failed so often in a row. */
    long pause(int tries, long most) {
        long pause = retryInterval;
        for (int i = 1; i < tries && pause < most; i++) {
            pause *= 2;
        }
        return Math.min(pause, Math.max(most, retryInterval));
    }
}
