package dev.dunlin.node;

import dev.dunlin.core.debug.LogShrinker;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin shrink}: the few recorded inputs that break an invariant. */
@Command(
        name = "shrink",
        description =
                "Replays a log through this build's machines with all invariants checked. If an input breaks one, or"
                        + " makes a machine throw, leaves out of the record what is not needed for it, and prints the rest. The"
                        + " world cannot answer otherwise than it did: the result is open-loop.")
final class ShrinkCommand implements Runnable {

    private static final int MOST_RUNS = 5000;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "A new folder: gets a small log of just these inputs, numbered anew, and a JUnit test that"
                    + " replays it.")
    private @Nullable Path target;

    @Option(names = "--json", description = "Prints JSON on one line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;

    ShrinkCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        Path folder = DataDirectory.logOf(directory);
        if (target != null) {
            SmallLog.requireNew(target);
        }
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), machines.storeOf(folder));
        log.requireFit("the log in " + folder, "shrink", "shrunk", true);
        LogShrinker<NodeRoot> shrinker = new LogShrinker<>(log, () -> machines.storeOf(folder));
        Optional<LogShrinker.Small> small = shrinker.shrink(MOST_RUNS, tried -> {});
        print(log, small);
        if (small.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOTHING_FOUND,
                    "nothing in the log in " + folder
                            + " breaks an invariant of this build, or makes it throw: there is" + " nothing to shrink");
        }
        Path to = target;
        if (to != null) {
            small.map(found -> SmallLog.write(to, machines, shrinker, found)).ifPresent(this::print);
        }
    }

    private void print(SmallLog written) {
        if (!json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("small log: " + LogLine.printable(written.log().toString()));
            out.println("test: " + LogLine.printable(written.test().toString()));
        }
    }

    private void print(LogReader<NodeRoot> log, Optional<LogShrinker.Small> small) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(tree(log, small));
            return;
        }
        if (small.isEmpty()) {
            return;
        }
        LogShrinker.Small found = small.get();
        out.println(
                "step " + found.step() + ": " + LogLine.printable(found.broken().toString()));
        out.println("open-loop: " + found.kept().size() + " of " + found.inputs() + " inputs are enough; "
                + found.answersDropped() + " answers dropped with their requests; " + found.runs()
                + " histories tried");
        for (Frame.Recorded input : found.kept()) {
            out.println(LogLine.printable(String.format(Locale.ROOT, "%8d  ", input.number()) + text(log, input)));
        }
    }

    private static String text(LogReader<NodeRoot> log, Frame.Recorded input) {
        return log.codec().nameOf(input.action()) + " " + log.codec().tree(input.action());
    }

    private static ObjectNode tree(LogReader<NodeRoot> log, Optional<LogShrinker.Small> small) {
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.put("broken", small.isPresent());
        small.ifPresent(found -> {
            tree.put("step", found.step());
            tree.put("machine", found.broken().machine());
            tree.put("invariant", found.broken().invariant());
            tree.put("why", found.broken().why());
            tree.put("openLoop", true);
            tree.put("inputs", found.inputs());
            tree.put("answersDropped", found.answersDropped());
            tree.put("runs", found.runs());
            ArrayNode kept = tree.putArray("kept");
            for (Frame.Recorded input : found.kept()) {
                ObjectNode node = kept.addObject().put("step", input.number()).put("at", input.at());
                node.put("type", log.codec().nameOf(input.action()));
                node.set("payload", log.codec().tree(input.action()));
            }
        });
        return tree;
    }
}
