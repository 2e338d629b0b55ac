package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.WireNames;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.concurrent.TimeUnit;

/**
 * The bounds of all exchanges together; those of a protocol are its {@link dev.dunlin.connection.protocol.ProtocolLimits}. Each
 * component is the setting of its name, in microseconds or bytes where it is a time or a size; what it means stands there. A
 * value that is missing or out of its range is the standard one.
 *
 * @param names what protocols are called on the wire
 */
public record ExchangeConfig(
        int maxAsks, long maxBytes, int maxPeers, int maxInbound, long answerRate, long retry, WireNames names) {

    private static final Setting MAX_ASKS =
            Setting.count("exchange.maxAsks", 8192, 1, 65_536, "most questions of this node under way or waiting");
    private static final Setting MAX_BYTES = Setting.size(
            "exchange.maxBytes", 16 << 20, 1 << 10, 1 << 30, "most bytes of the questions under way or waiting");
    private static final Setting MAX_PEERS =
            Setting.count("exchange.maxPeers", 4096, 1, 16_384, "most peers with something under way on either side");
    private static final Setting MAX_INBOUND =
            Setting.count("exchange.maxInbound", 4096, 0, 65_536, "most streams on which others ask");
    private static final Setting ANSWER_RATE = Setting.count(
            "exchange.answerRate",
            5000,
            1,
            1_000_000,
            "how many questions a second are read from all peers together in the long run, and may come at once; what comes sooner waits unread, whoever asks");
    private static final Setting RETRY = Setting.time(
            "exchange.retry",
            500_000,
            1000,
            TimeUnit.MINUTES.toMicros(1),
            "how long a question waits that found no room for its dial or stream");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(MAX_ASKS, MAX_BYTES, MAX_PEERS, MAX_INBOUND, ANSWER_RATE, RETRY)
            .alive();

    /** The defaults. */
    public static final ExchangeConfig DEFAULT = of(Table.empty());

    /** What a configuration says of a node whose protocols are called as the standard is. */
    public static ExchangeConfig of(Table<String, String> config) {
        return of(config, WireNames.STANDARD);
    }

    /** What a configuration says. */
    static ExchangeConfig of(Table<String, String> config, WireNames names) {
        return new ExchangeConfig(
                MAX_ASKS.integer(config),
                MAX_BYTES.number(config),
                MAX_PEERS.integer(config),
                MAX_INBOUND.integer(config),
                ANSWER_RATE.number(config),
                RETRY.number(config),
                names);
    }
}
