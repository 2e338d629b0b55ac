package dev.dunlin.node;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogFollower;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin log}: lists what a node recorded, or seals it. */
@Command(
        name = "log",
        description = "Lists a node's log: step, time, action, and what was rejected by which clause. The node may be"
                + " running.")
final class LogCommand implements Runnable {

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "A data directory, or a folder that holds a log (default: " + DataDirectory.DEFAULT_TEXT + ").")
    private @Nullable Path directory;

    @Option(names = "--follow", description = "Goes on as the node writes, until interrupted.")
    private boolean follow;

    @Option(
            names = "--type",
            paramLabel = "PREFIX",
            description = "Only inputs whose type begins so, such as connection/; may be given again.")
    private List<String> types = List.of();

    @Option(
            names = "--peer",
            paramLabel = "ID",
            description = "Only what concerns this peer: the input names it, or a rejected action is about it.")
    private @Nullable String peer;

    @Option(names = "--marks", description = "Shows the log's own lines, too: headers and force marks.")
    private boolean marks;

    @Option(names = "--json", description = "The lines as they stand in the log.")
    private boolean json;

    @Option(
            names = "--seal",
            description = "Ends the log of a stopped node with a snapshot, so that another build can go on from it."
                    + " To be done by the build that wrote it.")
    private boolean seal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Pause pause;
    private final BuildInfo build;
    private long shown;

    /**
     * The command.
     *
     * @param build names this build in what {@code --seal} writes
     * @param pause waits between two looks of {@code --follow}
     */
    LogCommand(BuildInfo build, Pause pause) {
        this.build = build;
        this.pause = pause;
    }

    @Override
    public void run() {
        Path folder = DataDirectory.resolveLog(directory == null ? DataDirectory.standard() : directory);
        if (seal) {
            if (follow || json || marks || peer != null || !types.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "--seal goes with no other option of this command");
            }
            seal(folder);
            return;
        }
        Optional<String> about = peer == null ? Optional.empty() : Optional.of(peerId(peer));
        if (follow) {
            LogHealth.beside(folder, LogCheck.Depth.START, false, out(), err(), () -> opened(folder));
            follow(folder, about);
        } else {
            LogHealth.beside(folder, LogCheck.Depth.WHOLE, true, out(), err(), () -> list(opened(folder), about));
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    // Refuses a folder that holds no log.
    private static LogReader<NodeRoot> opened(Path folder) {
        return LogReader.open(DirectoryStorage.readOnly(folder), NodeRoot.newStore());
    }

    private String peerId(String text) {
        try {
            return PeerId.parse(text).toString();
        } catch (MultiformatException bad) {
            throw new ParameterException(spec.commandLine(), "--peer is no peer id: " + bad.getMessage(), bad);
        }
    }

    private void list(LogReader<NodeRoot> reader, Optional<String> about) {
        try (LogCursor cursor = reader.cursor(1)) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                if (!show(next.get(), about)) {
                    return;
                }
            }
        }
    }

    private void follow(Path folder, Optional<String> about) {
        try (LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
            do {
                for (Optional<String> next = follower.next(); next.isPresent(); next = follower.next()) {
                    if (!show(next.get(), about)) {
                        return;
                    }
                }
            } while (pause.await());
        }
    }

    // False if nobody reads any more.
    private boolean show(String raw, Optional<String> about) {
        LogLine line = LogLine.of(raw);
        if (line.isOwn() ? !marks : !isWanted(line, about)) {
            return true;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? line.raw() : line.text());
        return !out.checkError();
    }

    private boolean isWanted(LogLine line, Optional<String> about) {
        boolean seen = line.input() <= shown;
        shown = Math.max(shown, line.input());
        return !seen
                && (types.isEmpty() || types.stream().anyMatch(line.type()::startsWith))
                && (about.isEmpty() || line.concerns(about.get()));
    }

    private void seal(Path folder) {
        try (Closeable lock = locked(folder)) {
            // Refuses a folder without a log, which opening for writing would begin one in.
            opened(folder);
            sealed(folder);
        } catch (IOException failure) {
            throw FileFailure.of("write the log in " + folder, failure);
        }
    }

    private static Closeable locked(Path folder) {
        return DataDirectory.of(folder)
                .<Closeable>map(dataDir -> DataDirectory.lock(dataDir, "dunlin log --seal"))
                .orElse(() -> {});
    }

    private void sealed(Path folder) throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            long last = ActionLog.seal(storage, NodeRoot.newStore(), LogOptions.DEFAULT, build.text());
            spec.commandLine()
                    .getOut()
                    .println("sealed after step " + last + ": another build can go on from the log in " + folder);
        }
    }
}
