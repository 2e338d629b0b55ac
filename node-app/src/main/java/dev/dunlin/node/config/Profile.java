package dev.dunlin.node.config;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Values that belong together, for machines of a size; each of them gives way to whatever else is said of its key. */
public enum Profile {
    /** The standard values: one or two cores, half a GiB of heap. */
    STANDARD(Map.of()),
    /** A small board or the smallest rented machine: one core, a heap of 64 MiB. */
    SMALL(Map.ofEntries(
            Map.entry("connection.maxConnections", "128"),
            Map.entry("connection.maxInbound", "64"),
            Map.entry("connection.maxPeers", "256"),
            Map.entry("connection.maxDials", "16"),
            Map.entry("connection.lowWater", "32"),
            Map.entry("stream.maxInbound", "512"),
            Map.entry("stream.maxInboundPerProtocol", "256"),
            Map.entry("stream.maxOutbound", "512"),
            Map.entry("exchange.maxAsks", "1024"),
            Map.entry("exchange.maxBytes", "2MiB"),
            Map.entry("exchange.maxInbound", "512"),
            Map.entry("channel.maxInbound", "128"),
            Map.entry("channel.maxOutbound", "128"),
            Map.entry("channel.maxBytes", "8MiB"),
            Map.entry("peer.maxMet", "1024"),
            Map.entry("peer.maxHeard", "256"),
            Map.entry("transport.maxPendingInbound", "64"),
            Map.entry("transport.maxPendingPerSubnet", "16"),
            Map.entry("yamux.maxStreamWindow", "1MiB"),
            Map.entry("yamux.writeBufferPerConnection", "1MiB"),
            Map.entry("log.segmentBytes", "4MiB"),
            Map.entry("log.ringBytes", "128MiB"),
            Map.entry("log.snapshotBytes", "16MiB"),
            Map.entry("node.threads", "1"))),
    /** A server: eight cores or more, a heap of several GiB. */
    LARGE(Map.ofEntries(
            Map.entry("connection.maxConnections", "16384"),
            Map.entry("connection.maxInbound", "12288"),
            Map.entry("connection.maxPeers", "16384"),
            Map.entry("connection.maxDials", "1024"),
            Map.entry("connection.maxKept", "1024"),
            Map.entry("connection.lowWater", "4096"),
            Map.entry("stream.maxInbound", "16384"),
            Map.entry("stream.maxInboundPerProtocol", "16384"),
            Map.entry("stream.maxOutbound", "16384"),
            Map.entry("exchange.maxAsks", "65536"),
            Map.entry("exchange.maxBytes", "256MiB"),
            Map.entry("exchange.maxPeers", "16384"),
            Map.entry("exchange.maxInbound", "65536"),
            Map.entry("exchange.answerRate", "20000"),
            Map.entry("channel.maxInbound", "16384"),
            Map.entry("channel.maxOutbound", "16384"),
            Map.entry("channel.maxBytes", "1GiB"),
            Map.entry("peer.maxMet", "16384"),
            Map.entry("ping.maxLinks", "16384"),
            Map.entry("identify.maxLinks", "2048"),
            Map.entry("transport.maxPendingInbound", "2048"),
            Map.entry("log.ringBytes", "16GiB"),
            Map.entry("node.threads", "8")));

    private final Map<String, String> written;

    Profile(Map<String, String> written) {
        this.written = written;
    }

    /** Its name, as a configuration has it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all. */
    static List<String> names() {
        return Arrays.stream(values()).map(Profile::text).toList();
    }

    /** The profile of a name that is one. */
    static Profile named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Which keys it says something of. */
    Set<String> keys() {
        return written.keySet();
    }

    /**
     * Its values of those settings that there are, in their recorded form.
     *
     * @throws IllegalStateException if one is no value of its setting: a mistake in this program
     */
    Map<String, String> values(Settings all) {
        Map<String, String> values = new TreeMap<>();
        written.forEach((key, text) -> all.find(key).ifPresent(setting -> values.put(key, recorded(setting, text))));
        return values;
    }

    private static String recorded(Setting setting, String text) {
        try {
            return setting.kind().recorded(text);
        } catch (BadValueException e) {
            throw new IllegalStateException(setting.key() + " = " + text + " " + e.why(), e);
        }
    }
}
