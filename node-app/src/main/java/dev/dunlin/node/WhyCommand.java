package dev.dunlin.node;

import dev.dunlin.connection.words.PeerAnswer;
import dev.dunlin.connection.words.PeerWords;
import dev.dunlin.connection.words.Refusal;
import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.debug.Why;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.trace.TraceText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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

/** {@code dunlin why}: what happened to a peer, a stream or another subject, and why. */
@Command(
        name = "why",
        description = "Tells what happened to a peer or another subject, and why: its actions, what was refused and for"
                + " which reason, its effects, and in the last line where it stands now. The node may be running. The first"
                + " question to a log replays it once and keeps an index beside it.")
final class WhyCommand implements Runnable {

    private static final int MAX_LAST = 100_000;

    /** So many of the last entries about a peer are looked through for the refusal that says why it is not connected. */
    private static final int LOOKED_THROUGH = 1_000;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private About about;

    @Option(
            names = "--last",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many actions and effects, the last ones (default: ${DEFAULT-VALUE}).")
    private int last;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description =
                    "The folder that holds the log's index, instead of the log's own; made if it is not there. Where"
                            + " the log cannot be written, the default is a temporary one.")
    private @Nullable Path index;

    @Option(
            names = "--accept-risky",
            description =
                    "Takes a log with parts that this build no longer looks at; digests of them are not" + " compared.")
    private boolean acceptRisky;

    @Option(
            names = "--verbose",
            description = "Shows the node's own time, too, and the names of the clauses that refused something.")
    private boolean verbose;

    @Option(names = "--json", description = "Prints JSON on one line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;
    private final boolean progress;

    // Exactly one of them.
    private static final class About {

        @Option(names = "--peer", required = true, paramLabel = "ID", description = "About this peer.")
        private @Nullable String peer;

        @Option(
                names = "--subject",
                required = true,
                paramLabel = "KIND:KEY",
                description = "About another subject, such as stream:stream:1:7 or listener:/ip4/0.0.0.0/tcp/4001.")
        private @Nullable String subject;
    }

    /**
     * The command.
     *
     * @param machines what the node has
     * @param progress whether standard error is a terminal that shows how far replaying is
     */
    WhyCommand(Machines machines, boolean progress) {
        this.machines = machines;
        this.progress = progress;
    }

    @Override
    public void run() {
        Subject subject = subject();
        if (last < 1 || last > MAX_LAST) {
            throw new ParameterException(spec.commandLine(), "--last is from 1 to " + MAX_LAST + ", not " + last);
        }
        Path folder = DataDirectory.logOf(directory);
        Store<NodeRoot> store = machines.storeOf(folder);
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), store);
        try (OpenIndex open = OpenIndex.of(
                log,
                store,
                machines.build(),
                folder,
                Optional.ofNullable(index),
                acceptRisky,
                spec.commandLine().getErr(),
                Progress.on(spec, progress))) {
            Optional<LookupTrace> lookup = subject.kind().equals(QueryAction.OfQuery.KIND)
                    ? LookupInLog.trace(open.index(), machines.storeOf(folder), subject, acceptRisky)
                    : Optional.empty();
            print(open, folder, Why.of(open.index(), subject, last), lookup, new WallClock(log));
        }
    }

    private Subject subject() {
        if (about.peer != null) {
            try {
                return Subject.of(LogIndex.PEER, PeerId.parse(about.peer));
            } catch (MultiformatException bad) {
                throw new ParameterException(spec.commandLine(), "--peer is no peer id: " + bad.getMessage(), bad);
            }
        }
        String text = String.valueOf(about.subject);
        int colon = text.indexOf(':');
        if (colon < 1 || colon == text.length() - 1) {
            throw new ParameterException(
                    spec.commandLine(), "--subject is KIND:KEY, as stream:stream:1:7, not '" + text + "'");
        }
        return new Subject(text.substring(0, colon), text.substring(colon + 1));
    }

    private void print(OpenIndex open, Path folder, Why why, Optional<LookupTrace> lookup, WallClock clock) {
        EntryText texts = new EntryText(clock, verbose);
        PrintWriter out = spec.commandLine().getOut();
        Optional<PeerAnswer> answer = answer(open.index(), why, clock);
        if (!json) {
            answer.ifPresent(told -> out.println(LogLine.printable(told.text(), true) + "\n"));
        }
        Report report = new Report(out, json).add("log", folder.toString());
        open.tell(report);
        report.add("subject", EntryText.subject(why.subject()), EntryText.json(why.subject()));
        ArrayNode chain = Report.list();
        StringBuilder text = new StringBuilder(why.chain().size() + " of " + why.total());
        for (Entry entry : why.chain()) {
            chain.add(texts.json(entry));
            text.append('\n').append(texts.line(entry));
        }
        report.add("chain", text.toString(), chain);
        lookup.ifPresent(trace -> addTo(report, trace));
        String summary = summary(open.index(), why, texts);
        if (json) {
            ObjectNode phases = Report.object();
            why.phases().forEach(phases::put);
            report.add("total", why.total()).add("rejections", why.rejections()).add("phases", "", phases);
            why.lastRejection().ifPresent(entry -> report.add("lastRejection", "", texts.json(entry)));
            answer.ifPresent(told -> report.add(
                    "answer",
                    "",
                    Report.object()
                            .put("state", told.state())
                            .put("next", told.next())
                            .put("advice", told.advice())));
            report.add("summary", summary);
        } else {
            out.println(LogLine.printable(summary));
        }
        report.print();
        if (why.total() == 0) {
            throw new CommandFailure(
                    ExitCode.NOTHING_FOUND,
                    "the log in " + folder + " says nothing of " + EntryText.subject(why.subject())
                            + ": check the name, or whether the log is that of another node");
        }
    }

    /** The part of each node in a lookup: as a tree of who named whom; with all that were not asked, if much is to be told. */
    private void addTo(Report report, LookupTrace trace) {
        List<String> lines = new ArrayList<>(TraceText.tree(trace, PeerId::toString));
        ArrayNode parts = Report.list();
        for (Part part : trace.parts()) {
            String words = TraceText.words(part, PeerId::toString);
            parts.add(Report.object().put("peer", part.peer().toString()).put("part", words));
            if (verbose && part.fate() instanceof Part.Fate.NotAsked) {
                lines.add(part.peer() + " " + words);
            }
        }
        report.add("lookup", LogLine.printable(String.join("\n", lines), true), parts);
    }

    // As of the end of the log: that of a running node is now.
    private static Optional<PeerAnswer> answer(LogIndex<NodeRoot> index, Why why, WallClock clock) {
        if (!why.subject().kind().equals(LogIndex.PEER)) {
            return Optional.empty();
        }
        StoreState<NodeRoot> end = index.state(index.last());
        Optional<Refusal> refusal = index.about(why.subject(), LOOKED_THROUGH).reversed().stream()
                .filter(entry -> entry.rejection().isPresent() && Refusal.isTold(entry.type()))
                .findFirst()
                .map(entry -> refusal(entry, entry.rejection().orElseThrow()));
        return Optional.of(new PeerWords(
                        end.root().connection(),
                        end.root().peer(),
                        end.now(),
                        end.node().wallOffset(),
                        time -> LogLine.second(clock.at(time)))
                .about(PeerId.parse(why.subject().key()), refusal));
    }

    private static Refusal refusal(Entry entry, Entry.Rejection told) {
        return new Refusal(entry.at(), entry.type(), told.clause(), told.operands());
    }

    private static String summary(LogIndex<NodeRoot> index, Why why, EntryText texts) {
        String name = EntryText.subject(why.subject());
        String steps = "steps " + index.first() + " to " + index.last();
        if (why.phases().isEmpty()) {
            List<String> kinds = index.kinds();
            return "nothing in " + steps + " is about " + name + "; the log has subjects of the kinds "
                    + (kinds.isEmpty() ? "none" : String.join(", ", kinds));
        }
        String phases = why.phases().entrySet().stream().map(WhyCommand::phase).collect(Collectors.joining(", "));
        String rejected = why.lastRejection()
                .map(entry -> "last refused at step " + entry.id() + ", " + texts.time(entry) + ": "
                        + entry.type() + ", because "
                        + entry.rejection()
                                .map(told -> texts.reason(entry.type(), told))
                                .orElse(""))
                .orElse("no action about it was refused in " + steps);
        return name + " after step " + why.step() + ": " + phases + "; " + rejected;
    }

    private static String phase(Map.Entry<String, String> phase) {
        return phase.getKey() + " " + phase.getValue();
    }
}
