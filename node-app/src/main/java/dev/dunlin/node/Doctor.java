package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LastBoot;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogFinding;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import dev.dunlin.node.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Looks at all that a node needs, whether it runs or not. Nothing is changed, and nothing mended. */
final class Doctor {

    private static final long MIB = 1L << 20;

    private final Path dataDir;
    private final Path log;
    private final Clock clock;
    private final List<Diagnosis> found = new ArrayList<>();

    private Doctor(Path dataDir, Clock clock) {
        this.dataDir = dataDir;
        this.log = DataDirectory.log(dataDir);
        this.clock = clock;
    }

    /**
     * What there is to say of a node.
     *
     * @param listen where it is to listen; where its configuration says if it is nowhere
     * @param configuration reads how it is configured
     */
    static List<Diagnosis> examine(
            Path dataDir, List<Multiaddr> listen, Supplier<Configuration> configuration, Clock clock) {
        return new Doctor(dataDir, clock).examined(listen, configuration);
    }

    private List<Diagnosis> examined(List<Multiaddr> listen, Supplier<Configuration> configuration) {
        found.addAll(MachineExam.of(config()));
        boolean running = Files.isDirectory(dataDir) && running();
        Optional<Configuration> read = configured(configuration);
        List<Multiaddr> standard =
                read.map(all -> all.addresses(NodeSettings.LISTEN)).orElse(List.of());
        (listen.isEmpty() ? standard : listen).forEach(address -> found.add(PortExam.of(address, running)));
        if (!Files.isDirectory(dataDir)) {
            found.add(
                    Files.exists(dataDir)
                            ? Diagnosis.fail("directory", dataDir + " is no directory", "give another one")
                            : Diagnosis.warn(
                                    "directory",
                                    "there is no directory " + dataDir,
                                    "'dunlin run' makes it; if there was one, check the path and the disk"));
            return found;
        }
        LogBounds bounds = LogBounds.of(log, read.map(Configuration::recorded).orElse(Table.empty()));
        found.addAll(DirectoryExam.of(dataDir, bounds.configured().ringBytes()));
        key();
        log(bounds.narrow());
        return found;
    }

    private Map<String, String> config() {
        try {
            return Files.isDirectory(log)
                    ? LastBoot.config(DirectoryStorage.readOnly(log)).orElse(Map.of())
                    : Map.of();
        } catch (IOException unreadable) {
            // The log's own lines tell.
            return Map.of();
        }
    }

    // What is wrong with it is told on the way.
    private Optional<Configuration> configured(Supplier<Configuration> configuration) {
        Configuration read;
        try {
            read = configuration.get();
        } catch (CommandFailure unreadable) {
            found.add(Diagnosis.fail("config", unreadable));
            return Optional.empty();
        }
        for (Problem problem : read.problems()) {
            found.add(Diagnosis.fail("config", problem.toString(), "see 'dunlin config keys'"));
        }
        if (read.problems().isEmpty()) {
            found.add(Diagnosis.ok("config", read.values().size() + " values are configured"));
        }
        return Optional.of(read);
    }

    private boolean running() {
        try {
            Optional<FolderLock.Holder> holder = FolderLock.holder(dataDir);
            if (holder.isEmpty() && Files.isDirectory(log)) {
                holder = FolderLock.holder(log);
            }
            found.add(Diagnosis.ok(
                    "node", holder.map(by -> by + " uses this directory").orElse("no node runs here")));
            return holder.isPresent();
        } catch (IOException hidden) {
            found.add(Diagnosis.fail("node", FileFailure.of("see whether a node runs in " + dataDir, hidden)));
            return false;
        }
    }

    private void key() {
        Optional<Identity> identity;
        try {
            identity = Identity.find(dataDir);
        } catch (CommandFailure unusable) {
            found.add(Diagnosis.fail("key", unusable));
            return;
        }
        Optional<String> recorded = recorded();
        if (identity.isEmpty()) {
            found.add(
                    DataDirectory.hasLog(dataDir)
                            ? Diagnosis.fail(
                                    "key",
                                    "the key of the node is missing, and its log is there"
                                            + recorded.map(id -> ": that of " + LogLine.shortened(id, 80))
                                                    .orElse(""),
                                    "put " + Identity.FILE + " back from a copy")
                            : Diagnosis.warn("key", "there is no key yet", "'dunlin init' or 'dunlin run' makes one"));
            return;
        }
        String own = identity.get().peerId().toString();
        found.add(
                recorded.filter(other -> !other.equals(own)).isEmpty()
                        ? Diagnosis.ok("key", "the key is that of " + own + ", and its owner's alone")
                        : Diagnosis.fail(
                                "key",
                                "the key is that of " + own + ", and the log that of "
                                        + LogLine.shortened(recorded.orElse(""), 80),
                                "put the key of that node back from a copy, or begin without its past: mv " + log + " "
                                        + log + ".old"));
    }

    private Optional<String> recorded() {
        try {
            return Files.isDirectory(log) ? OpenDirectory.recorded(log) : Optional.empty();
        } catch (CommandFailure unreadable) {
            // The log's own lines tell.
            return Optional.empty();
        }
    }

    private void log(LogOptions ring) {
        if (!Files.isDirectory(log)) {
            found.add(
                    DataDirectory.hasLog(dataDir)
                            ? Diagnosis.fail("log", log + " is no folder", "put the log back, or move that away")
                            : Diagnosis.ok("log", "there is no log yet"));
            return;
        }
        LogCheck.Result result;
        try {
            result = LogHealth.look(log, ring, LogCheck.Depth.WHOLE);
        } catch (CommandFailure unreadable) {
            found.add(Diagnosis.fail("log", unreadable));
            return;
        }
        for (LogFinding finding : result.findings()) {
            boolean bad = finding.loses() || finding.stops();
            found.add(new Diagnosis(
                    "log", bad ? Diagnosis.Level.FAIL : Diagnosis.Level.WARN, finding.what(), finding.advice()));
        }
        if (result.more() > 0) {
            found.add(Diagnosis.warn(
                    "log", result.more() + " more files are wrong", "mend the first ones, and look again"));
        }
        if (result.findings().isEmpty()) {
            found.add(Diagnosis.ok(
                    "log",
                    (result.last() == 0
                                    ? "no inputs"
                                    : "inputs " + result.first() + " to " + result.last()
                                            + ", every byte of which was read")
                            + ", in " + result.segments() + " segments and " + result.snapshots() + " snapshots of "
                            + result.bytes() / MIB + " MiB"));
        }
        long now = TimeUnit.MILLISECONDS.toMicros(clock.millis());
        result.end().ifPresent(end -> found.add(MachineExam.clock(now, end.wall())));
    }
}
