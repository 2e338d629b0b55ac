package dev.dunlin.node;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.node.admin.Answers;
import dev.dunlin.node.bootstrap.extension.TokenOperations;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin audit export}: writes the trail, and looks at each entry whether it is behind the one before. */
@Command(
        name = "export",
        description =
                "Prints the trail of tokens and bootstraps, an entry a line, as JSON, and looks at each whether it is as it was"
                        + " written and none is missing. The node may be running.")
final class AuditExportCommand implements Runnable {

    private static final int PAGE = 1000;

    @Option(
            names = "--after",
            paramLabel = "NUMBER",
            defaultValue = "0",
            description =
                    "Begins behind the entry of this number, whose hash is not looked at. Default: 0, with the first.")
    private long after;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The node's data directory. Default: " + DataDirectory.DEFAULT_TEXT)
    private @Nullable Path dataDir;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;
    private final Registry<NodeRoot> registry;

    AuditExportCommand(Machines machines, Registry<NodeRoot> registry) {
        this.machines = machines;
        this.registry = registry;
    }

    /** Gives the entries behind a number. */
    @FunctionalInterface
    private interface Pages {
        List<Entry> behind(long number);
    }

    @Override
    public void run() {
        if (after < 0) {
            throw Verbs.usage(spec, "--after is the number of an entry, 0 or more, not " + after);
        }
        Path directory = dataDir == null ? DataDirectory.standard() : dataDir;
        PrintWriter out = spec.commandLine().getOut();
        if (runs(directory)) {
            Asking asking = new Asking(directory, machines);
            Registry.Offered<NodeRoot, ?, ?, ?> tail = registry.operations().stream()
                    .filter(offered -> offered.operation().name().equals("audit tail"))
                    .findFirst()
                    .orElseThrow();
            PrintWriter err = spec.commandLine().getErr();
            export(
                    number -> {
                        Map<String, String> given =
                                Map.of("after", Long.toString(number), "most", Integer.toString(PAGE));
                        String answer = asking.ask(tail, given, true, err).getFirst();
                        return Answers.read(answer, TokenOperations.Trail.class).entries().stream()
                                .map(TokenOperations.TrailRow::entry)
                                .toList();
                    },
                    out);
            return;
        }
        Path file = DataDirectory.beside(DataDirectory.log(directory), SqliteLedger.FILE);
        if (Files.notExists(file)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "there is no " + file
                            + ": no token was made in this directory; one whose ledger is in a server's database"
                            + " is asked while its node runs");
        }
        try (SqliteLedger ledger = SqliteLedger.open(file)) {
            export(number -> ledger.in(store -> store.entries(number, PAGE)), out);
        } catch (LedgerException e) {
            throw new CommandFailure(ExitCode.DATA_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean runs(Path directory) {
        DataDirectory.requireDirectory(
                directory, "give a node's data directory with --data-dir, or start one with 'dunlin run'");
        try {
            return FolderLock.holder(directory).isPresent();
        } catch (IOException failure) {
            throw FileFailure.of("see whether a node runs in " + directory, failure);
        }
    }

    private void export(Pages pages, PrintWriter out) {
        Head head = Head.NONE;
        boolean isKnown = after == 0;
        long number = after;
        List<Entry> page = pages.behind(number);
        while (!page.isEmpty()) {
            for (Entry entry : page) {
                out.println(Answers.write(TokenOperations.TrailRow.of(entry)));
                if (isKnown && !entry.isBehind(head)) {
                    out.flush();
                    throw new CommandFailure(
                            ExitCode.DATA_ERROR,
                            "the trail is not whole: entry " + entry.number() + " is not what was written behind entry "
                                    + head.number() + "; what is above was read all the same");
                }
                head = entry.head();
                isKnown = true;
            }
            number = head.number();
            page = pages.behind(number);
        }
        out.flush();
    }
}
