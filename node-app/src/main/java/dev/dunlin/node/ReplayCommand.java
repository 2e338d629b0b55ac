package dev.dunlin.node;

import dev.dunlin.core.debug.StatePath;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Store;
import dev.dunlin.node.stepper.LineMode;
import dev.dunlin.node.stepper.ScreenMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin replay}: runs a recorded log through this build's machines. */
@Command(
        name = "replay",
        description =
                "Replays a log through this build's machines: verifies it, or shows the state at any step. Without"
                        + " a mode, says what the log holds.")
final class ReplayCommand implements Runnable {

    private static final int MAX_DIFFERENCES = 1000;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @ArgGroup
    private @Nullable Mode mode;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "Prints the state after step N. With --blame: how far to look.")
    private @Nullable Long to;

    @Option(
            names = "--second-build",
            paramLabel = "LAUNCHER",
            description = "With --verify: the launcher of another build, such as the one that wrote the log. Of a"
                    + " divergence, shows the fields in which the two builds differ.")
    private @Nullable Path secondBuild;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description =
                    "The folder that holds the log's index, instead of the log's own; made by --cause,"
                            + " --blame and --cost if it is not there. Where the log cannot be written, the default is a temporary one.")
    private @Nullable Path index;

    @Option(
            names = "--accept-risky",
            description = "Replays a log with parts that this build no longer looks at; digests of them are not"
                    + " compared.")
    private boolean acceptRisky;

    @Option(names = "--json", description = "Prints JSON on one line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Reader in;
    private final boolean progress;
    private final Machines machines;
    private final boolean screen;

    // One of them at most.
    private static final class Mode {

        @Option(
                names = "--verify",
                required = true,
                description = "Replays all steps, and compares each with what was recorded.")
        private boolean verify;

        @Option(
                names = "--step",
                required = true,
                description =
                        "Goes through the log by hand: by keys on a terminal, otherwise by commands, one a line. ? shows"
                                + " them.")
        @SuppressWarnings("unused") // that it is given is enough
        private boolean step;

        @Option(
                names = "--diff",
                required = true,
                arity = "2",
                paramLabel = "N",
                description = "Prints the fields that differ between two steps.")
        private @Nullable List<Long> diff;

        @Option(
                names = "--cause",
                required = true,
                paramLabel = "STEP[.INDEX]",
                description = "Prints what led to an input or one of its actions, and what it led to.")
        private @Nullable String cause;

        @Option(
                names = "--blame",
                required = true,
                paramLabel = "PATH",
                description = "Prints which action last changed a part of the state, up to step N of --to. A path has"
                        + " names with dots between, as connection.known.phases; a name with a dot in it stands in double"
                        + " quotes.")
        private @Nullable String blame;

        @Option(
                names = "--cost",
                required = true,
                description = "Prints actions, time and bytes by type of action and by remote peer; the time is that"
                        + " of this replay.")
        private boolean cost;

        boolean asksIndex() {
            return cause != null || blame != null || cost;
        }
    }

    /**
     * The command.
     *
     * @param machines what the node has
     * @param in what the user types to {@code --step}
     * @param progress whether standard error is a terminal that shows how far verifying is
     * @param screen whether keys come from a terminal, and {@code --step} may draw on it
     */
    ReplayCommand(Machines machines, Reader in, boolean progress, boolean screen) {
        this.machines = machines;
        this.in = in;
        this.progress = progress;
        this.screen = screen;
    }

    @Override
    public void run() {
        Mode chosen = mode == null ? new Mode() : mode;
        if (secondBuild != null && !chosen.verify) {
            throw new ParameterException(spec.commandLine(), "--second-build goes with --verify only");
        }
        if (to != null) {
            checked(to);
            if (mode != null && chosen.blame == null) {
                throw new ParameterException(spec.commandLine(), "--to goes alone or with --blame");
            }
        }
        if (chosen.diff != null) {
            if (chosen.diff.size() != 2) {
                throw new ParameterException(spec.commandLine(), "--diff is given once, with two steps");
            }
            chosen.diff.forEach(this::checked);
        }
        Path folder = DataDirectory.logOf(directory);
        boolean whole = chosen.verify || mode == null && to == null;
        LogHealth.beside(
                folder,
                machines,
                whole ? LogCheck.Depth.WHOLE : LogCheck.Depth.START,
                whole,
                out(),
                spec.commandLine().getErr(),
                () -> replay(chosen, folder));
    }

    private void replay(Mode chosen, Path folder) {
        Store<NodeRoot> store = machines.storeOf(folder);
        LogReader<NodeRoot> log = opened(folder, store, chosen.verify);
        if (chosen.asksIndex()) {
            ask(chosen, log, store, folder);
            return;
        }
        if (mode == null && to == null) {
            new LogSummary(log, folder).print(out(), json);
            return;
        }
        if (chosen.verify) {
            Optional<SecondBuild> second = Optional.ofNullable(secondBuild)
                    .map(launcher -> new SecondBuild(launcher, folder, acceptRisky, machines.variable()));
            new Verification(log, store, folder, acceptRisky, second).run(out(), json, Progress.on(spec, progress));
            return;
        }
        go(
                chosen,
                OpenIndex.quick(log, store, machines.build(), folder, Optional.ofNullable(index), acceptRisky),
                store,
                folder);
    }

    private void step(LogReader<NodeRoot> log, Replayer<NodeRoot> replayer, Path folder) throws IOException {
        RecordedPast past = new RecordedPast(folder.toString(), log, replayer);
        if (!screen || !new ScreenMode(past.countingInBackground()).run()) {
            new LineMode(past, out()).run(new BufferedReader(in));
        }
    }

    private void go(Mode chosen, LogReader<NodeRoot> log, Store<NodeRoot> store, Path folder) {
        Replayer<NodeRoot> replayer = new Replayer<>(log, store, acceptRisky);
        try {
            if (to != null) {
                replayer.seek(to);
                printState(replayer);
            } else if (chosen.diff != null) {
                printDifference(replayer, chosen.diff.getFirst(), chosen.diff.getLast());
            } else {
                step(log, replayer, folder);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            replayer.close();
        }
    }

    private void ask(Mode chosen, LogReader<NodeRoot> log, Store<NodeRoot> store, Path folder) {
        log.requireFit("the log in " + folder, "replay", "replayed", acceptRisky);
        Optional<ActionId> cause = Optional.ofNullable(chosen.cause).map(CauseMode::id);
        Optional<StatePath> blame = Optional.ofNullable(chosen.blame).map(text -> BlameMode.path(text, store));
        LongConsumer shown = Progress.on(spec, progress);
        try (OpenIndex open = OpenIndex.of(
                log,
                store,
                machines.build(),
                folder,
                Optional.ofNullable(index),
                acceptRisky,
                spec.commandLine().getErr(),
                shown)) {
            if (cause.isPresent()) {
                CauseMode.print(open.index(), cause.get(), out(), json);
            } else if (blame.isPresent()) {
                BlameMode.print(open.index(), blame.get(), Optional.ofNullable(to), out(), json);
            } else {
                CostMode.print(open.index(), out(), json, shown);
            }
        }
    }

    private LogReader<NodeRoot> opened(Path folder, Store<NodeRoot> store, boolean verify) {
        try {
            return LogReader.open(DirectoryStorage.readOnly(folder), store);
        } catch (LogException.Damaged damaged) {
            if (verify) {
                Verification.printFailure(out(), json, damaged);
            }
            throw damaged;
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void checked(long step) {
        if (step < 0) {
            throw new ParameterException(
                    spec.commandLine(), "there is no step " + step + ": the first is 1, and 0 is before it");
        }
    }

    private void printState(Replayer<NodeRoot> replayer) {
        JsonNode state = replayer.json(replayer.state());
        out().println(json ? state.toString() : state.toPrettyString());
    }

    private void printDifference(Replayer<NodeRoot> replayer, long before, long after) {
        List<JsonDifference> differences = replayer.difference(before, after, MAX_DIFFERENCES);
        if (json) {
            out().println(Report.differences(differences));
            return;
        }
        differences.forEach(difference -> out().println(LogLine.printable(difference.toString())));
        if (differences.size() == MAX_DIFFERENCES) {
            out().println("… and perhaps more");
        }
    }
}
