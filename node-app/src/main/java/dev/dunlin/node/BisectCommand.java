package dev.dunlin.node;

import dev.dunlin.core.debug.Bisect;
import dev.dunlin.core.debug.Departure;
import dev.dunlin.core.debug.Parting;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.replay.Divergence;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin bisect}: the first step at which two logs, or two builds on one log, differ. */
@Command(
        name = "bisect",
        description = "Finds the first step and machine at which two logs differ, or at which this build or another one"
                + " departs from a log, and the fields that differ there.")
final class BisectCommand implements Runnable {

    private static final int MAX_FIELDS = 50;

    @Parameters(
            index = "0..1",
            arity = "0..2",
            paramLabel = "LOG",
            description = "Two data directories, or folders that hold logs, of the same inputs: that of another build,"
                    + " say. One alone is compared with " + DataDirectory.DEFAULT_TEXT
                    + ". With --second-build: the one"
                    + " log that both replay (default: " + DataDirectory.DEFAULT_TEXT + ").")
    private List<Path> logs = List.of();

    @Option(
            names = "--second-build",
            paramLabel = "LAUNCHER",
            description = "The launcher of another build. Both replay LOG.")
    private @Nullable Path secondBuild;

    @Option(
            names = "--quick",
            description = "With two logs: looks for the last snapshots that agree, and compares only what stands behind"
                    + " them. Overlooks differences that were gone again by then.")
    private boolean quick;

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

    // What is said where no difference was found.
    private String nothing = "";

    private final Machines machines;

    BisectCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        if (secondBuild == null && logs.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "bisect compares two logs, or two builds: give another LOG, or --second-build");
        }
        if (secondBuild != null && (logs.size() > 1 || quick)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--second-build replays one log with two builds: give it one LOG, and no --quick");
        }
        PrintWriter out = spec.commandLine().getOut();
        Report report = new Report(out, json);
        if (secondBuild == null) {
            Path folder = DataDirectory.logOf(logs.size() == 1 ? null : logs.getFirst());
            Path other = DataDirectory.logOf(logs.getLast());
            logs(report.add("first", folder.toString()).add("second", other.toString()), folder, other);
        } else {
            Path folder = DataDirectory.logOf(logs.isEmpty() ? null : logs.getFirst());
            builds(
                    report.add("log", folder.toString()),
                    folder,
                    new SecondBuild(secondBuild, folder, acceptRisky, machines.variable()));
        }
        report.print();
        if (!nothing.isEmpty()) {
            throw new CommandFailure(ExitCode.NOTHING_FOUND, nothing);
        }
    }

    private LogReader<NodeRoot> open(Path folder) {
        return LogReader.open(DirectoryStorage.readOnly(folder), machines.storeOf(folder));
    }

    private Replayer<NodeRoot> replayer(Path folder) {
        Store<NodeRoot> store = machines.storeOf(folder);
        return new Replayer<>(LogReader.open(DirectoryStorage.readOnly(folder), store), store, acceptRisky);
    }

    private void logs(Report report, Path one, Path other) {
        Bisect.Compared compared =
                quick ? Bisect.snapshotsFirst(open(one), open(other)) : Bisect.logs(open(one), open(other));
        report.add(
                "compared",
                compared.to() < compared.from()
                        ? "no step stands behind the last snapshots, which agree"
                        : "steps " + compared.from() + " to " + compared.to(),
                Report.object().put("from", compared.from()).put("to", compared.to()));
        if (compared.parting().isEmpty()) {
            report.add("result", "no difference");
            nothing = compared.to() < compared.from()
                    ? "the two logs do not differ: their last snapshots agree, and no step stands behind them"
                    : "the two logs do not differ in steps " + compared.from() + " to " + compared.to();
            return;
        }
        Parting parting = compared.parting().get();
        ObjectNode tree = Report.object()
                .put("step", parting.step())
                .put("kind", parting.kind().name())
                .put("what", parting.what())
                .put("first", parting.first())
                .put("second", parting.second());
        parting.machines().forEach(tree.putArray("machines")::add);
        report.add("result", LogLine.printable(text(parting), true), tree);
        if (parting.kind() != Parting.Kind.END) {
            explain(report, parting, one, other);
        }
    }

    private static String text(Parting parting) {
        StringBuilder text =
                new StringBuilder("step " + parting.step() + " is the first that differs: " + parting.what());
        if (!parting.machines().isEmpty()) {
            text.append("\nmachines: ").append(String.join(", ", parting.machines()));
        }
        if (parting.first().equals(parting.second())) {
            return text.append("\ninput: ").append(parting.first()).toString();
        }
        return text.append("\nfirst log: ")
                .append(parting.first().isEmpty() ? "(none)" : parting.first())
                .append("\nsecond log: ")
                .append(parting.second().isEmpty() ? "(none)" : parting.second())
                .toString();
    }

    private void explain(Report report, Parting parting, Path one, Path other) {
        Bisect.Explained explained;
        Replayer<NodeRoot> first = null;
        Replayer<NodeRoot> second = null;
        try {
            first = replayer(one);
            second = replayer(other);
            explained = Bisect.explain(parting, first, second, MAX_FIELDS);
        } catch (LogException cannot) {
            report.add("fields", "not known: " + LogFailure.sentence(cannot));
            return;
        } finally {
            close(first);
            close(second);
        }
        if (parting.kind() != Parting.Kind.DISPATCH) {
            fields(report, parting.step(), "first log -> second log, as this build replays them", explained.fields());
        }
        departs(report, "first", explained.first());
        departs(report, "second", explained.second());
    }

    private static void close(@Nullable Replayer<NodeRoot> replayer) {
        if (replayer != null) {
            replayer.close();
        }
    }

    private static void departs(Report report, String log, Optional<Mismatch> from) {
        from.ifPresent(mismatch ->
                report.add("build", "this build departs from the " + log + " log at this step: " + mismatch.what()));
    }

    private void builds(Report report, Path folder, SecondBuild other) {
        Replayer<NodeRoot> replayer = replayer(folder);
        Optional<Mismatch> here = replayer.verify(step -> {}).divergence().map(Divergence::mismatch);
        replayer.close();
        Departure departure = Departure.of(here, other.verify());
        build(report, "this build", departure.here());
        build(report, "second", departure.there());
        report.add(
                "departs",
                switch (departure.who()) {
                    case NEITHER -> "neither";
                    case THIS -> "this build";
                    case OTHER -> "second build";
                    case BOTH -> "both";
                });
        if (departure.who() == Departure.Who.NEITHER) {
            nothing = "both builds replay the log in " + folder + " to what was recorded";
        }
        departure.first().ifPresent(mismatch -> differences(report, departure.who(), mismatch.number(), folder, other));
    }

    private static void build(Report report, String name, Optional<Mismatch> departs) {
        if (departs.isEmpty()) {
            report.add(name, "clean");
            return;
        }
        Mismatch mismatch = departs.get();
        ObjectNode tree = Report.object().put("step", mismatch.number()).put("what", mismatch.what());
        mismatch.machines().forEach(tree.putArray("machines")::add);
        report.add(name, LogLine.printable("step " + mismatch.number() + ": " + mismatch.what()), tree);
    }

    private void differences(Report report, Departure.Who who, long step, Path folder, SecondBuild other) {
        Replayer<NodeRoot> replayer = replayer(folder);
        try {
            report.add(
                    "input",
                    replayer.recordedAt(step)
                            .map(frame -> replayer.inputText(frame))
                            .orElse(""));
            replayer.seek(step);
            JsonNode mine = replayer.json(replayer.state());
            JsonNode theirs = other.after(step).orElseThrow();
            if (who == Departure.Who.OTHER) {
                fields(report, step, "recorded, which this build makes -> second build", between(mine, theirs));
            } else {
                fields(
                        report,
                        step,
                        (who == Departure.Who.THIS ? "recorded, which the second build makes" : "second build")
                                + " -> this build",
                        between(theirs, mine));
            }
        } catch (LogException stopped) {
            report.add("fields", "not known: " + LogFailure.sentence(stopped));
        } catch (CommandFailure stopped) {
            report.add("fields", "not known: " + stopped.getMessage());
        } finally {
            replayer.close();
        }
    }

    private static List<JsonDifference> between(JsonNode before, JsonNode after) {
        return JsonDifference.between(before, after, MAX_FIELDS);
    }

    private static void fields(Report report, long step, String which, List<JsonDifference> fields) {
        StringBuilder text = new StringBuilder(
                fields.isEmpty()
                        ? "no field differs after step " + step + " (" + which + ")"
                        : "after step " + step + " (" + which + "):");
        fields.forEach(field -> text.append("\n").append(field));
        report.add("fields", LogLine.printable(text.toString(), true), Report.differences(fields));
    }
}
