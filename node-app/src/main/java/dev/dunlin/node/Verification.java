package dev.dunlin.node;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Divergence;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin replay DIR --verify}: the report, and the failure if the log is not clean. */
final class Verification {

    private static final int MAX_DIFFERENCES = 50;

    private final LogReader<NodeRoot> log;
    private final Store<NodeRoot> store;
    private final Path folder;
    private final boolean acceptRisky;
    private final Optional<SecondBuild> second;

    Verification(
            LogReader<NodeRoot> log,
            Store<NodeRoot> store,
            Path folder,
            boolean acceptRisky,
            Optional<SecondBuild> second) {
        this.log = log;
        this.store = store;
        this.folder = folder;
        this.acceptRisky = acceptRisky;
        this.second = second;
    }

    /**
     * Verifies and reports.
     *
     * @throws CommandFailure with {@link ExitCode#DATA_ERROR} if the log does not fit this build, with {@link ExitCode#DIVERGED} if
     *     it replays to another result
     * @throws LogException if it is damaged, or has machines that nobody has brought
     */
    void run(PrintWriter out, boolean json, LongConsumer progress) {
        Report report = new Report(out, json);
        report.add("log", folder.toString());
        report.add(log.fit());
        Replayer<NodeRoot> replayer = fitting(report);
        Replayer.Verified verified;
        long began = System.nanoTime();
        try {
            verified = second.isPresent() ? replayer.verify(progress, second.get()) : replayer.verify(progress);
        } catch (LogException unreadable) {
            report.add("result", "unreadable: " + unreadable.getMessage()).print();
            throw unreadable;
        }
        double seconds = Math.max(1, System.nanoTime() - began) / 1e9;
        report.add("first", verified.first())
                .add("last", verified.last())
                .add("inputs", verified.inputs())
                .add("actions", verified.actions())
                .add("inputs/s", Math.round(verified.inputs() / seconds))
                .add("actions/s", Math.round(verified.actions() / seconds))
                .add("digest", verified.digest().toString())
                .add("forced", verified.forced());
        verified.tail().ifPresent(tail -> LogSummary.tail(report, tail));
        failures(report, verified.failures());
        if (verified.divergence().isEmpty()) {
            report.add("result", "clean").print();
            return;
        }
        Divergence divergence = verified.divergence().get();
        report.add("result", LogLine.printable(divergence.text(), true), tree(divergence));
        second.ifPresent(
                other -> before(report, replayer, other, divergence.mismatch().number() - 1));
        report.print();
        throw new CommandFailure(
                ExitCode.DIVERGED,
                "step " + divergence.mismatch().number() + " of the log in " + folder
                        + " replays to another result than recorded: see the report on standard output");
    }

    // No fault of the log: the node went on behind them, and so did this.
    private static void failures(Report report, List<Replayer.Failed> failures) {
        ArrayNode list = Report.list();
        List<String> sentences = new ArrayList<>();
        for (Replayer.Failed failed : failures) {
            sentences.add("input " + failed.step() + " stopped a run (" + failed.recorded() + "), and this build "
                    + failed.now().map(why -> "fails there, too (" + why + ")").orElse("carries it out")
                    + "; nothing came of it, and the next run went on behind it");
            ObjectNode one = list.addObject().put("step", failed.step()).put("recorded", failed.recorded());
            failed.now().ifPresent(why -> one.put("now", why));
        }
        if (!failures.isEmpty()) {
            report.add("failed", LogLine.printable(String.join("\n", sentences), true), list);
        }
    }

    /** The report of a log that cannot be opened. */
    static void printFailure(PrintWriter out, boolean json, LogException failure) {
        new Report(out, json)
                .add("result", "unreadable: " + failure.getMessage())
                .print();
    }

    private Replayer<NodeRoot> fitting(Report report) {
        Schema.Fit fit = log.fit().fit();
        if (!log.fit().missing().isEmpty()) {
            report.add("result", "does not fit").print();
            throw LogException.OtherMachines.of("the log in " + folder, log.fit());
        }
        if (fit == Schema.Fit.IMPOSSIBLE || (fit == Schema.Fit.RISKY && !acceptRisky)) {
            report.add("result", "does not fit").print();
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the log in " + folder + " does not fit this build, see the report on standard output: "
                            + (fit == Schema.Fit.RISKY
                                    ? "replay it with losses by --accept-risky"
                                    : "replay it with the build that wrote it"));
        }
        return new Replayer<>(log, store, acceptRisky);
    }

    // Where the builds differ before the divergent step already, that step only showed it.
    private void before(Report report, Replayer<NodeRoot> replayer, SecondBuild other, long step) {
        if (step < log.earliestState().input()) {
            return;
        }
        Optional<List<JsonDifference>> differences = other.after(step).map(theirs -> {
            replayer.seek(step);
            return JsonDifference.between(theirs, replayer.json(replayer.state()), MAX_DIFFERENCES);
        });
        replayer.close();
        differences.ifPresent(found -> {
            StringBuilder text = new StringBuilder(
                    found.isEmpty()
                            ? "after step " + step + " the two builds agree"
                            : "fields that differ after step " + step + " (second build -> this one):");
            found.forEach(difference -> text.append("\n  ").append(difference));
            report.add("before", LogLine.printable(text.toString(), true), Report.differences(found));
        });
    }

    private static ObjectNode tree(Divergence divergence) {
        ObjectNode tree = Report.object()
                .put("step", divergence.mismatch().number())
                .put("what", divergence.mismatch().what())
                .put("input", divergence.input())
                .put("comparedAt", divergence.comparedAt());
        ArrayNode machines = tree.putArray("machines");
        divergence.mismatch().machines().forEach(machines::add);
        ArrayNode causes = tree.putArray("causes");
        divergence.causes().forEach(causes::add);
        tree.set("differences", Report.differences(divergence.differences()));
        return tree;
    }
}
