package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.dht.routing.RoutingConfig;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.node.admin.AdminClient;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.admin.Answers;
import dev.dunlin.node.admin.UnusableFileException;
import dev.dunlin.node.config.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;

/**
 * Asks the node of a data directory: the running one through its admin API, and of a stopped one the end of its log. What is the same
 * whoever asks, a node made for it is asked where none runs.
 */
final class Asking {

    private static final int MOST_REMEMBERED = 20;

    private final Path dataDir;
    private final Machines machines;
    private final List<String> entries;

    Asking(Path dataDir, Machines machines) {
        this(dataDir, machines, List.of());
    }

    /**
     * Asks.
     *
     * @param entries by whom a network is joined to be asked, whether a node runs or not; empty to ask as ever
     */
    Asking(Path dataDir, Machines machines, List<String> entries) {
        this.dataDir = dataDir;
        this.machines = machines;
        this.entries = List.copyOf(entries);
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
            boolean isForAny = OneOffNode.answers(operation);
            A answer;
            if (isForAny && (!entries.isEmpty() || !runs())) {
                answer = byOneOff(offered, given, entries.isEmpty() ? known() : entries, notes);
            } else if (holder().isPresent()) {
                answer = running(client -> Answers.read(client.ask(operation, written), operation.answers()));
            } else {
                answer = ofStopped(offered, given, notes);
            }
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
            case DAMAGED -> ExitCode.DATA_ERROR;
            case FAULT -> ExitCode.INTERNAL;
        };
    }

    // Whoever is asked in the place of a node that runs needs no directory.
    private boolean runs() {
        return Files.exists(dataDir) && holder().isPresent();
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

    private <V, S, A extends Record> A byOneOff(
            Registry.Offered<NodeRoot, V, S, A> offered, Arguments given, List<String> by, PrintWriter notes) {
        if (!(offered.operation() instanceof Operation.Order<V, S, A> order)) {
            throw new IllegalStateException(offered.operation().name() + " is no order");
        }
        if (by.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no node runs in " + dataDir
                            + ", and it is not said by whom the network could be joined: start one with"
                            + " 'dunlin run', or give --bootstrap MULTIADDR");
        }
        try (OneOffNode node = OneOffNode.join(dataDir, machines, by, notes)) {
            return node.order(offered, order, given);
        }
    }

    // Who is configured, or else some of those that the node knew when it ran last.
    private List<String> known() {
        Configuration said = ConfigurationOptions.of(dataDir, machines);
        ConfigurationOptions.require(said);
        List<String> configured = said.addresses(RoutingConfig.BOOTSTRAP).stream()
                .map(Multiaddr::toString)
                .toList();
        return configured.isEmpty() && DataDirectory.hasLog(dataDir) ? atTheEnd(Asking::remembered) : configured;
    }

    private static List<String> remembered(Store<NodeRoot> store, StoreState<NodeRoot> end) {
        return store.statesOf(end).get(RoutingMachine.NAME) instanceof RoutingState routing
                ? routing.contacts().stream()
                        .flatMap(contact -> contact.addresses().stream()
                                .limit(1)
                                .map(address -> address.withPeer(contact.peer()).toString()))
                        .limit(MOST_REMEMBERED)
                        .toList()
                : List.of();
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
        return atTheEnd((store, end) -> {
            A answer = again(offered, store, end, given);
            notes.println("the node in " + dataDir + " is stopped: this is as of its last input, " + end.input()
                    + ", at " + LogLine.second(end.now() + end.node().wallOffset()));
            return answer;
        });
    }

    private <T> T atTheEnd(BiFunction<Store<NodeRoot>, StoreState<NodeRoot>, T> look) {
        Path folder = DataDirectory.log(dataDir);
        Store<NodeRoot> store = machines.storeOf(folder);
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), store);
        Replayer<NodeRoot> replayer = new Replayer<>(log, store, true);
        try {
            replayer.trySeek(Long.MAX_VALUE);
            return look.apply(store, replayer.state());
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
