package dev.dunlin.node;

import dev.dunlin.connection.netty.Limits;
import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.state.Table;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a node is run.
 *
 * @param logFolder where the log is; empty to record nothing
 * @param log the log's bounds
 * @param config what the machines are told at boot, by key, in recorded form
 * @param earlyMuxer whether to negotiate the muxer inside the handshake
 * @param limits what the world may cost the transport
 * @param protocols protocols served beside identify and ping, and who reads their streams
 * @param threads event loops of the transport
 * @param audit whether the machines' invariants are checked after every input
 * @param extensions machines beside the node's own, with their services
 */
public record NodeOptions(
        Optional<Path> logFolder,
        LogOptions log,
        Table<String, String> config,
        boolean earlyMuxer,
        Limits limits,
        Map<String, Function<StreamChannel, StreamReader>> protocols,
        int threads,
        boolean audit,
        Extensions extensions) {

    /** Nothing recorded, nothing configured, all defaults, two event loops, no audit. */
    public static final NodeOptions DEFAULT = new NodeOptions(
            Optional.empty(),
            LogOptions.DEFAULT,
            Table.empty(),
            true,
            Limits.DEFAULT,
            Map.of(),
            2,
            false,
            Extensions.NONE);

    /** Copies the map. */
    public NodeOptions {
        protocols = Map.copyOf(protocols);
    }

    /** These with a log. */
    public NodeOptions withLog(Path folder) {
        return new NodeOptions(
                Optional.of(folder), log, config, earlyMuxer, limits, protocols, threads, audit, extensions);
    }

    /** These with other bounds of the log. */
    public NodeOptions withLogOptions(LogOptions changed) {
        return new NodeOptions(logFolder, changed, config, earlyMuxer, limits, protocols, threads, audit, extensions);
    }

    /** These with one more configured value. */
    public NodeOptions with(String key, String value) {
        return new NodeOptions(
                logFolder, log, config.with(key, value), earlyMuxer, limits, protocols, threads, audit, extensions);
    }

    /** These with more configured values, the new ones before those that are there. */
    public NodeOptions withAll(Table<String, String> more) {
        Table<String, String> all = config;
        for (Map.Entry<String, String> entry : more) {
            all = all.with(entry.getKey(), entry.getValue());
        }
        return new NodeOptions(logFolder, log, all, earlyMuxer, limits, protocols, threads, audit, extensions);
    }

    /** These with another number of event loops. */
    public NodeOptions withThreads(int loops) {
        return new NodeOptions(logFolder, log, config, earlyMuxer, limits, protocols, loops, audit, extensions);
    }

    /** These with or without early muxer negotiation. */
    public NodeOptions withEarlyMuxer(boolean on) {
        return new NodeOptions(logFolder, log, config, on, limits, protocols, threads, audit, extensions);
    }

    /** These with other limits. */
    public NodeOptions withLimits(Limits changed) {
        return new NodeOptions(logFolder, log, config, earlyMuxer, changed, protocols, threads, audit, extensions);
    }

    /** These with more protocols. */
    public NodeOptions serving(Map<String, Function<StreamChannel, StreamReader>> more) {
        return new NodeOptions(logFolder, log, config, earlyMuxer, limits, more, threads, audit, extensions);
    }

    /** These with or without an audit: invariants and handles checked after every input, all of them and the budgets from time to time and at the end. */
    public NodeOptions withAudit(boolean on) {
        return new NodeOptions(logFolder, log, config, earlyMuxer, limits, protocols, threads, on, extensions);
    }

    /** These with machines beside the node's own. */
    public NodeOptions withExtensions(Extensions brought) {
        return new NodeOptions(logFolder, log, config, earlyMuxer, limits, protocols, threads, audit, brought);
    }
}
