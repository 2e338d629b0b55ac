package dev.dunlin.connection.exchange;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.state.Table;
import java.util.concurrent.TimeUnit;

/**
 * The bounds of all exchanges together; those of a protocol are its {@link dev.dunlin.connection.protocol.ProtocolLimits}.
 *
 * @param maxAsks most asks under way or waiting ({@code exchange.maxAsks}, 8,192, 1 to 65,536)
 * @param maxBytes most bytes of their questions ({@code exchange.maxBytes}, 16 MiB, 1 KiB to 1 GiB)
 * @param maxPeers most peers with something under way on either side ({@code exchange.maxPeers}, 4,096, 1 to 16,384)
 * @param maxInbound most streams on which others ask ({@code exchange.maxInbound}, 4,096, 0 to 65,536)
 * @param answerRate how many questions a second are read from all peers together in the long run, and may come at once
 *     ({@code exchange.answerRate}, 5,000, 1 to 1,000,000): what comes sooner waits unread, whoever asks
 * @param retry how long an ask waits that found no room for its dial or stream ({@code exchange.retry}, 500 ms, 1 ms to 1 min)
 */
public record ExchangeConfig(int maxAsks, long maxBytes, int maxPeers, int maxInbound, long answerRate, long retry) {

    /** The defaults. */
    public static final ExchangeConfig DEFAULT = of(Table.empty());

    /** What a configuration says. */
    public static ExchangeConfig of(Table<String, String> config) {
        return new ExchangeConfig(
                (int) number(config, "exchange.maxAsks", 8192, 1, 65_536),
                number(config, "exchange.maxBytes", 16 << 20, 1 << 10, 1 << 30),
                (int) number(config, "exchange.maxPeers", 4096, 1, 16_384),
                (int) number(config, "exchange.maxInbound", 4096, 0, 65_536),
                number(config, "exchange.answerRate", 5000, 1, 1_000_000),
                number(config, "exchange.retry", 500_000, 1000, TimeUnit.MINUTES.toMicros(1)));
    }
}
