package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.node.admin.AdminClient;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.admin.Answers;
import dev.dunlin.node.admin.UnusableFileException;
import dev.dunlin.node.config.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Asks the node of a data directory: the running one through its admin API, and of a stopped one the end of its log. */
final class Asking {

    private final Path dataDir;
    private final Machines machines;

    Asking(Path dataDir, Machines machines) {
        this.dataDir = dataDir;
        this.machines = machines;
    }

    /**
     * The answer to a question or an order: lines for people, or one of JSON.
     *
     * @param written what is given with it, in its written form, by name
     * @param notes where it is said of which moment the answer is, if that is not now
     * @throws CommandFailure if there is none
     */
    <A extends Record> List<String> ask(
            Registry.Offered<NodeRoot, ?, ?, A> offered, Map<String, String> written, boolean json, PrintWriter notes) {
        Operation<?, ?, A> operation = offered.operation();
        try {
            Arguments given = Arguments.of(operation.parameters(), written);
            A answer = holder().isPresent()
                    ? running(client -> Answers.read(client.ask(operation, written), operation.answers()))
                    : ofStopped(offered, given, notes);
            return json ? List.of(Answers.write(answer)) : offered.text(answer);
        } catch (NoAnswerException failure) {
            throw new CommandFailure(code(failure.kind()), failure.sentence(), failure);
        }
    }

    private static ExitCode code(NoAnswerException.Kind kind) {
        return switch (kind) {
            case BAD_REQUEST -> ExitCode.USAGE;
            case NOT_FOUND -> ExitCode.NOTHING_FOUND;
            case REFUSED, FAILED -> ExitCode.UNAVAILABLE;
            case UNAVAILABLE, TIMED_OUT -> ExitCode.BUSY;
        };
    }

    private Optional<FolderLock.Holder> holder() {
        DataDirectory.requireDirectory(
                dataDir, "give a node's data directory with --data-dir, or start one with 'dunlin run'");
        DataDirectory.ofLog(dataDir).ifPresent(told -> {
            throw new CommandFailure(ExitCode.NO_INPUT, told);
        });
        try {
            return FolderLock.holder(dataDir);
        } catch (IOException failure) {
            throw FileFailure.of("see whether a node runs in " + dataDir, failure);
        }
    }

    /** Something that is asked of a running node, perhaps several things. */
    @FunctionalInterface
    interface Question<T> {
        T ask(AdminClient client) throws IOException;
    }

    /**
     * Asks a running node.
     *
     * @throws CommandFailure if there is none, or it cannot be asked
     * @throws NoAnswerException as the node says
     */
    <T> T running(Question<T> question) {
        Optional<FolderLock.Holder> holder = holder();
        if (holder.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no node runs in " + dataDir + ": start it with 'dunlin run'");
        }
        String url;
        String token;
        try {
            url = AdminFiles.address(dataDir, holder.get().since())
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.UNAVAILABLE,
                            "what runs in " + dataDir
                                    + " cannot be asked: it is starting or stopping, or it runs without an admin API"
                                    + " (admin.on); try again, or start it with one"));
            token = AdminFiles.knownToken(dataDir)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.NO_INPUT,
                            "there is no " + dataDir.resolve(AdminFiles.TOKEN)
                                    + ", which the running node asks for: start it again, and it makes a new one"));
        } catch (UnusableFileException unusable) {
            throw unusable(unusable);
        } catch (IOException failure) {
            throw FileFailure.of("read the files of the admin API in " + dataDir, failure);
        }
        try (AdminClient client = AdminClient.of(url, token, dataDir.resolve(AdminFiles.CERTIFICATE))) {
            return question.ask(client);
        } catch (UnusableFileException unusable) {
            throw unusable(unusable);
        } catch (JacksonException | IllegalArgumentException foreign) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "what stands in " + dataDir.resolve(AdminFiles.ADDRESS)
                            + " is no address of a node, or somebody else answers there: start the node again",
                    foreign);
        } catch (IOException failure) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the node in " + dataDir + " does not answer at " + url
                            + ": see whether it hangs, in the log of its process",
                    failure);
        }
    }

    private static CommandFailure unusable(UnusableFileException file) {
        return new CommandFailure(ExitCode.NOT_PERMITTED, String.valueOf(file.getMessage()), file);
    }

    private <A extends Record> A ofStopped(
            Registry.Offered<NodeRoot, ?, ?, A> offered, Arguments given, PrintWriter notes) {
        if (offered.operation() instanceof Operation.Order<?, ?, ?>) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no node runs in " + dataDir + ", so nothing can be ordered: start it with 'dunlin run'");
        }
        if (!DataDirectory.hasLog(dataDir)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "no node runs in " + dataDir + ", and there is no log of one: start it with 'dunlin run'");
        }
        Path folder = DataDirectory.log(dataDir);
        Store<NodeRoot> store = machines.storeOf(folder);
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), store);
        Replayer<NodeRoot> replayer = new Replayer<>(log, store, true);
        try {
            replayer.trySeek(Long.MAX_VALUE);
            StoreState<NodeRoot> end = replayer.state();
            A answer = again(offered, store, end, given);
            notes.println("the node in " + dataDir + " is stopped: this is as of its last input, " + end.input()
                    + ", at " + LogLine.second(end.now() + end.node().wallOffset()));
            return answer;
        } finally {
            replayer.close();
        }
    }

    // The registry that the verbs are made of knows no data directory; the answer is to know what the configuration
    // says.
    private <A extends Record> A again(
            Registry.Offered<NodeRoot, ?, ?, A> offered,
            Store<NodeRoot> store,
            StoreState<NodeRoot> end,
            Arguments given) {
        Configuration said = ConfigurationOptions.of(dataDir, machines);
        Registry<NodeRoot> registry = NodeOperations.registry(store, new NodeOperations.Known(said, Optional.empty()));
        Record answer = registry.find(offered.operation().name())
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOTHING_FOUND,
                        "the node in " + dataDir + " has never run with the machine " + offered.owner()
                                + ": start it with the same --machines"))
                .answer(end, given, time -> LogLine.second(time + end.node().wallOffset()));
        return offered.operation().answers().cast(answer);
    }
}
