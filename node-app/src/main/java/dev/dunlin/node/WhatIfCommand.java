package dev.dunlin.node;

import dev.dunlin.core.debug.Edit;
import dev.dunlin.core.debug.LoggedAction;
import dev.dunlin.core.debug.WhatIf;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.JsonDifference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin whatif}: changes one input of a recorded history, and compares the two futures. */
@Command(
        name = "whatif",
        description =
                "Changes one input of a recorded history, goes on with the remaining recorded inputs, and compares"
                        + " the two futures.")
final class WhatIfCommand implements Runnable {

    private static final int MAX_FIELDS = 50;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @Option(names = "--at", required = true, paramLabel = "N", description = "The step at which the history changes.")
    private long at;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Change change;

    @Option(names = "--to", paramLabel = "M", description = "The last step to be run. Default: the log's last")
    private long to = Long.MAX_VALUE;

    @Option(names = "--accept-risky", description = "Replays a log with parts that this build no longer looks at.")
    private boolean acceptRisky;

    @Option(names = "--json", description = "Prints JSON on one line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    // Exactly one of them.
    private static final class Change {

        @Option(names = "--drop", required = true, description = "Leaves the step's input out.")
        @SuppressWarnings("unused") // that it is given is enough
        private boolean drop;

        @Option(
                names = "--insert",
                required = true,
                paramLabel = "JSON",
                description = "Lets an input come in before the step's: an object of type and payload, as 'dunlin log"
                        + " --json' shows it.")
        private @Nullable String insert;

        @Option(
                names = "--change",
                required = true,
                paramLabel = "JSON",
                description = "Puts an input in the place of the step's.")
        private @Nullable String replace;
    }

    private final Machines machines;

    WhatIfCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        if (at < 1 || to < at) {
            throw new ParameterException(
                    spec.commandLine(), "--at is a step from 1 on, and --to that step or a later one");
        }
        Path folder = DataDirectory.logOf(directory);
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), machines.storeOf(folder));
        Edit edit = edit(log);
        WhatIf.Outcome outcome =
                new WhatIf<>(log, () -> machines.storeOf(folder), acceptRisky).run(at, edit, to, MAX_FIELDS);
        print(new Report(spec.commandLine().getOut(), json).add("log", folder.toString()), outcome);
    }

    private Edit edit(LogReader<NodeRoot> log) {
        try {
            if (change.insert != null) {
                return new Edit.Insert(parsed(log, change.insert));
            }
            if (change.replace != null) {
                return new Edit.Change(parsed(log, change.replace));
            }
            return new Edit.Drop();
        } catch (LoggedAction.Unreadable bad) {
            throw new ParameterException(spec.commandLine(), String.valueOf(bad.getMessage()), bad);
        }
    }

    private LoggedAction parsed(LogReader<NodeRoot> log, String text) {
        if (text.length() <= LoggedAction.MAX_TEXT) {
            ActionText.fault(log.codec(), text).ifPresent(fault -> {
                throw new ParameterException(spec.commandLine(), fault);
            });
        }
        return LoggedAction.parse(log.codec(), text);
    }

    private static void print(Report report, WhatIf.Outcome outcome) {
        report.add("last", outcome.last());
        loop(report, outcome);
        if (outcome.parted().isEmpty()) {
            report.add("parted", "the futures never differ");
        } else {
            ObjectNode parted = Report.object().put("step", outcome.parted().getAsLong());
            outcome.partedIn().forEach(parted.putArray("machines")::add);
            report.add(
                    "parted",
                    "step " + outcome.parted().getAsLong() + ", in " + String.join(", ", outcome.partedIn()),
                    parted);
        }
        ArrayNode machines = Report.list();
        outcome.machines().forEach(machines::add);
        String rest = outcome.parted().isEmpty() ? "none" : "none: the futures have met again";
        report.add("machines", outcome.machines().isEmpty() ? rest : String.join(", ", outcome.machines()), machines);
        report.add("fields", fields(outcome.fields()), Report.differences(outcome.fields()));
        moved(report, "actions", outcome.actions());
        moved(report, "effects", outcome.effects());
        moved(report, "rejections", outcome.rejections());
        outcome.stopped().ifPresent(why -> report.add("stopped", why));
        report.print();
    }

    private static void loop(Report report, WhatIf.Outcome outcome) {
        List<String> why = new ArrayList<>();
        ObjectNode tree = Report.object().put("open", outcome.openLoop());
        count(why, tree, "droppedAnswers", "answers dropped with their requests", outcome.droppedAnswers());
        count(why, tree, "droppedEnds", "ends dropped with their handles", outcome.droppedEnds());
        count(why, tree, "unanswered", "requests that the record has no answer to", outcome.unanswered());
        count(why, tree, "droppedTicks", "ticks dropped with their deadlines", outcome.droppedTicks());
        count(why, tree, "addedTicks", "ticks that the record does not have", outcome.addedTicks());
        report.add(
                "loop",
                (outcome.openLoop() ? "open-loop" : "closed") + (why.isEmpty() ? "" : ": " + String.join(", ", why)),
                tree);
    }

    private static void count(List<String> why, ObjectNode tree, String name, String words, long count) {
        tree.put(name, count);
        if (count > 0) {
            why.add(count + " " + words);
        }
    }

    private static String fields(List<JsonDifference> fields) {
        if (fields.isEmpty()) {
            return "none";
        }
        StringBuilder text = new StringBuilder("recorded -> changed:");
        fields.forEach(field -> text.append("\n").append(field));
        if (fields.size() == MAX_FIELDS) {
            text.append("\n… and perhaps more");
        }
        return LogLine.printable(text.toString(), true);
    }

    private static void moved(Report report, String name, List<WhatIf.Moved> moved) {
        ArrayNode list = Report.list();
        StringBuilder text = new StringBuilder();
        for (WhatIf.Moved one : moved) {
            list.addObject().put("name", one.name()).put("came", one.came()).put("went", one.went());
            text.append(text.isEmpty() ? "" : "\n").append("+" + one.came() + " -" + one.went() + " " + one.name());
        }
        report.add(name, text.isEmpty() ? "none" : LogLine.printable(text.toString(), true), list);
    }
}
