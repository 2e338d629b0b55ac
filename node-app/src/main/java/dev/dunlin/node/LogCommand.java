package dev.dunlin.node;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogFollower;
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
        description = "Lists a node's log: step, time, action, and what was refused and why. The node may be running.")
final class LogCommand implements Runnable {

    // How each line begins.
    private static final String TYPE = "{\"type\":\"";

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @Option(names = "--follow", description = "Goes on as the node writes, until interrupted.")
    private boolean follow;

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Only the last N of what would be listed otherwise; 0 with --follow: only what is new.")
    private @Nullable Long last;

    @Option(
            names = "--from",
            paramLabel = "N|T",
            converter = Moment.Converter.class,
            description = "Only from step N on, or from a moment on, as --since says it.")
    private @Nullable Moment fromMoment;

    @Option(
            names = "--to",
            paramLabel = "N|T",
            converter = Moment.Converter.class,
            description = "Only up to step N, or up to a moment.")
    private @Nullable Moment toMoment;

    @Option(
            names = "--since",
            paramLabel = "T",
            converter = Since.Converter.class,
            description = "Only from a moment on, such as 2026-11-28T10:00:00Z, or from so long before the log's end:"
                    + " 10m, 2h, 1d.")
    private @Nullable Since since;

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

    @Option(
            names = "--verbose",
            description = "Shows the node's own time, too, and the names of the clauses that refused something.")
    private boolean verbose;

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
    private final Machines machines;
    private final BuildInfo build;
    private @Nullable Long from;
    private @Nullable Long to;
    private long begin = 1;
    private long offset;
    private long seen;
    private long shown;
    private boolean printed;

    /**
     * The command.
     *
     * @param machines what the node has
     * @param build names this build in what {@code --seal} writes
     * @param pause waits between two looks of {@code --follow}
     */
    LogCommand(Machines machines, BuildInfo build, Pause pause) {
        this.machines = machines;
        this.build = build;
        this.pause = pause;
    }

    @Override
    public void run() {
        check();
        Path folder = DataDirectory.logOf(directory);
        if (seal) {
            seal(folder);
            return;
        }
        Optional<String> about = peer == null ? Optional.empty() : Optional.of(peerId(peer));
        if (follow) {
            LogHealth.beside(
                    folder, machines, LogCheck.Depth.START, false, out(), err(), () -> start(opened(folder), about));
            follow(folder, about);
        } else {
            // A part is listed without reading the rest.
            LogHealth.beside(
                    folder,
                    machines,
                    isPart() ? LogCheck.Depth.START : LogCheck.Depth.WHOLE,
                    !isPart(),
                    out(),
                    err(),
                    () -> list(start(opened(folder), about), about));
        }
    }

    private LogReader<NodeRoot> start(LogReader<NodeRoot> reader, Optional<String> about) {
        begin = begin(new LogPlaces(reader), about);
        shown = begin - 1;
        return reader;
    }

    private boolean isPart() {
        return last != null || fromMoment != null || toMoment != null || since != null;
    }

    private void check() {
        from = fromMoment instanceof Moment.Step(long step) ? Long.valueOf(step) : null;
        to = toMoment instanceof Moment.Step(long step) ? Long.valueOf(step) : null;
        usage(
                !seal || !(follow || json || marks || verbose || isPart() || peer != null || !types.isEmpty()),
                "--seal goes with no other option of this command");
        usage(from == null || from >= 1, "--from is a step from 1 on, not " + from);
        usage(to == null || to >= 1, "--to is a step from 1 on, not " + to);
        usage(
                from == null || to == null || from <= to,
                "--from " + from + " is behind --to " + to + ": give the lower step first");
        usage(fromMoment == null || since == null, "--from and --since both say where to begin: give one of them");
        usage(toMoment == null || !follow, "--to says where to end, and --follow goes on: give one of them");
        usage(
                last == null || last >= 1 || (last == 0 && follow),
                "--last is 1 or more, or 0 with --follow, not " + last);
    }

    private void usage(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), sentence);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    // Refuses a folder that holds no log.
    private LogReader<NodeRoot> opened(Path folder) {
        return LogReader.open(DirectoryStorage.readOnly(folder), machines.storeOf(folder));
    }

    private String peerId(String text) {
        try {
            return PeerId.parse(text).toString();
        } catch (MultiformatException bad) {
            throw new ParameterException(spec.commandLine(), "--peer is no peer id: " + bad.getMessage(), bad);
        }
    }

    // The first input that is listed.
    private long begin(LogPlaces places, Optional<String> about) {
        long first = from == null ? 1 : from;
        Since when = fromMoment instanceof Moment.Time(Since time) ? time : since;
        if (when != null) {
            first = places.since(when.micros(endOf(places)));
        }
        if (toMoment instanceof Moment.Time(Since time)) {
            // The last that is not later.
            to = Math.max(0, places.since(time.micros(endOf(places)) + 1) - 1);
        }
        if (last == null) {
            return first;
        }
        if (last == 0) {
            return places.last().map(end -> end.input() + 1).orElse(1L);
        }
        return places.lastOf(last, first, end(), line -> isWanted(line, about));
    }

    private static long endOf(LogPlaces places) {
        return places.last().map(LogPlaces.Place::at).orElse(0L);
    }

    private long end() {
        return to == null ? Long.MAX_VALUE : to;
    }

    private void list(LogReader<NodeRoot> reader, Optional<String> about) {
        try (LogCursor cursor = reader.cursor(begin)) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                if (!show(next.get(), about)) {
                    break;
                }
            }
        }
        if (!printed) {
            err().println(nothing(new LogPlaces(reader).last()));
        }
    }

    private String nothing(Optional<LogPlaces.Place> end) {
        if (end.isEmpty()) {
            return "the log has no step yet";
        }
        long last = end.get().input();
        return begin > last
                ? "nothing is listed: the log ends at step " + last
                : "nothing is listed: no step of those that were asked for fits; the log ends at step " + last;
    }

    private void follow(Path folder, Optional<String> about) {
        try (LogFollower follower = LogFollower.from(DirectoryStorage.readOnly(folder), begin)) {
            do {
                for (Optional<String> next = follower.next(); next.isPresent(); next = follower.next()) {
                    if (!show(next.get(), about)) {
                        return;
                    }
                }
            } while (pause.await());
        }
    }

    // False if the end is reached, or nobody reads any more.
    private boolean show(String raw, Optional<String> about) {
        offset = WallClock.offsetAfter(raw, offset);
        if (Frame.isOwn(raw)) {
            return !marks || seen + 1 < begin || print(raw);
        }
        long input = Frame.inputOf(raw);
        seen = input;
        if (input > end()) {
            return false;
        }
        // A follower may give lines again.
        if (input <= shown) {
            return true;
        }
        shown = input;
        return !isWanted(raw, about) || print(raw);
    }

    private boolean print(String raw) {
        printed = true;
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? raw : LogLine.of(raw).text(offset, verbose));
        return !out.checkError();
    }

    // The text is looked at first: most lines need not be decoded to be left out.
    private boolean isWanted(String raw, Optional<String> about) {
        return (types.isEmpty() || types.stream().anyMatch(type -> raw.startsWith(TYPE + type)))
                && (about.isEmpty()
                        || (raw.contains(about.get()) && LogLine.of(raw).concerns(about.get())));
    }

    private void seal(Path folder) {
        try (Closeable lock = locked(folder)) {
            // Refuses a folder without a log, which opening for writing would begin one in.
            Machines.requireAll(folder, opened(folder));
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
            long last = ActionLog.seal(
                    storage,
                    machines.storeOf(folder),
                    LogBounds.of(folder, machines).wide(),
                    build.text());
            spec.commandLine()
                    .getOut()
                    .println("sealed after step " + last + ": another build can go on from the log in " + folder);
        }
    }
}
