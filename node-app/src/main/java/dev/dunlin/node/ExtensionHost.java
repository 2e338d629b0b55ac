package dev.dunlin.node;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.NodeBuilder;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of a node's extensions: they begin before it starts, and are closed before it stops. */
final class ExtensionHost implements Host {

    private static final Logger LOG = LoggerFactory.getLogger(ExtensionHost.class);

    private final Store<NodeRoot> store;
    private final Table<String, String> config;
    private final List<Running> services = new ArrayList<>();
    private final List<Consumer<NodeBuilder<NodeRoot>>> handlers = new ArrayList<>();
    private final Map<String, Consumer<Handle>> closing = new HashMap<>();
    private List<String> names = List.of();
    private volatile @Nullable NodeRuntime<NodeRoot> runtime;

    private ExtensionHost(Store<NodeRoot> store, Table<String, String> config) {
        this.store = store;
        this.config = config;
    }

    /**
     * Has the services of all extensions begin.
     *
     * @param config what the machines get at the boot
     * @param log the folder of the node's log, beside which services may have files; empty if it has none
     * @throws CommandFailure if one cannot
     */
    static ExtensionHost begun(
            Extensions extensions, Store<NodeRoot> store, Table<String, String> config, Optional<Path> log) {
        ExtensionHost host = new ExtensionHost(store, config);
        host.names = extensions.all().stream().map(Extension::name).toList();
        for (Extension extension : extensions.all()) {
            try {
                host.services.add(withFiles(extension, log).begin(host));
            } catch (RuntimeException | Error bad) {
                host.close();
                throw failure(extension.name(), bad);
            }
        }
        return host;
    }

    /** A node that records nothing has no directory either. */
    private static Extension withFiles(Extension extension, Optional<Path> log) {
        if (log.isEmpty()) {
            return extension;
        }
        Path folder = log.get();
        return switch (extension) {
            case KadExtension kad
            when !kad.hasFile() -> kad.withFile(host -> RecordsFile.open(DataDirectory.records(folder), host));
            case BootstrapExtension bootstrap
            when !bootstrap.hasPlace() ->
                bootstrap.in(
                        DataDirectory.beside(folder, SqliteLedger.FILE),
                        DataDirectory.beside(folder, SqliteTallies.DIRECTORY));
            default -> extension;
        };
    }

    private static CommandFailure failure(String extension, Throwable bad) {
        if (bad instanceof CommandFailure known) {
            return known;
        }
        String why = bad.getMessage() == null ? bad.getClass().getSimpleName() : bad.getMessage();
        return switch (bad) {
            // The program's own: whoever runs it knows its files and settings, and nothing of extensions.
            case LedgerException ledger -> new CommandFailure(code(ledger), why, bad);
            case DatabaseException _ -> new CommandFailure(ExitCode.UNAVAILABLE, why, bad);
            case IllegalArgumentException _
            when extension.equals(BootstrapExtension.NAME) -> new CommandFailure(ExitCode.CONFIGURATION, why, bad);
            default ->
                new CommandFailure(ExitCode.UNAVAILABLE, "the extension " + extension + " cannot start: " + why, bad);
        };
    }

    private static ExitCode code(LedgerException failure) {
        return switch (failure.kind()) {
            case DAMAGED -> ExitCode.DATA_ERROR;
            case NOT_PERMITTED -> ExitCode.NOT_PERMITTED;
            case UNAVAILABLE -> ExitCode.UNAVAILABLE;
        };
    }

    /**
     * Starts a node with these services.
     *
     * @throws CommandFailure if an effect has no handler, or the protocols of two do not go together
     */
    NettyNode<NodeRoot> start(NettyNode.Builder<NodeRoot> node) {
        node.closing(closing).built(built -> runtime = built);
        try {
            return node.start();
        } catch (IllegalStateException | IllegalArgumentException bad) {
            if (services.isEmpty()) {
                throw bad;
            }
            // What this program has itself is not what somebody has to mend.
            List<String> brought =
                    names.stream().filter(name -> !Machines.isOwn(name)).toList();
            if (brought.isEmpty()) {
                throw bad;
            }
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the node cannot run with " + String.join(", ", brought) + ": " + bad.getMessage(),
                    bad);
        }
    }

    /** Gives the handlers to a node that is being built. */
    void handlers(NodeBuilder<NodeRoot> node) {
        handlers.forEach(handler -> handler.accept(node));
    }

    /**
     * Tells the services that the node takes work.
     *
     * @throws CommandFailure if one cannot work
     */
    void started() {
        for (int i = 0; i < services.size(); i++) {
            try {
                services.get(i).started();
            } catch (RuntimeException | Error bad) {
                throw failure(names.get(i), bad);
            }
        }
    }

    /** Tells the services that the node is about to stop. */
    void drain() {
        for (int i = services.size() - 1; i >= 0; i--) {
            try {
                services.get(i).drain();
            } catch (RuntimeException | Error bad) {
                LOG.error("the extension {} failed as the node was about to stop", names.get(i), bad);
            }
        }
    }

    /** Whether the services begin nothing new any more. */
    boolean isShut() {
        return services.stream().allMatch(Running::isShut);
    }

    /** Whether what may come to its end has ended. */
    boolean isDrained() {
        return services.stream().allMatch(Running::isDrained);
    }

    /** How long that may take. */
    Duration drainsWithin() {
        return services.stream()
                .map(Running::drainsWithin)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Tells the services that the node stops, the last first. */
    void close() {
        for (int i = services.size() - 1; i >= 0; i--) {
            try {
                services.get(i).close();
            } catch (RuntimeException | Error bad) {
                LOG.error("the extension {} failed as the node stopped", names.get(i), bad);
            }
        }
    }

    private NodeRuntime<NodeRoot> runtime() {
        NodeRuntime<NodeRoot> built = runtime;
        if (built == null) {
            throw new IllegalStateException("the node has not started yet");
        }
        return built;
    }

    private void beforeTheStart() {
        if (runtime != null) {
            throw new IllegalStateException("the node has started: give handlers in begin(…)");
        }
    }

    @Override
    public Table<String, String> config() {
        return config;
    }

    @Override
    public <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler) {
        beforeTheStart();
        handlers.add(node -> node.handler(type, handler));
    }

    @Override
    public void closes(String kind, Consumer<Handle> close) {
        beforeTheStart();
        if (NettyNode.OWN_KINDS.contains(kind) || closing.putIfAbsent(kind, close) != null) {
            throw new IllegalArgumentException(
                    "handles of the kind " + kind + " are closed by somebody else: rename it");
        }
    }

    @Override
    public CompletionStage<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout) {
        return runtime().ask(key, wish, timeout);
    }

    @Override
    public CompletionStage<Action.Ticketed> ask(
            String key, Function<Ticket, Action> wish, Duration timeout, Consumer<? super Outcome.Progress> progress) {
        return runtime().ask(key, wish, timeout, progress);
    }

    @Override
    public <S> S state(Machine<?, S, ?> machine) {
        Object own = store.statesOf(runtime().state()).get(machine.name());
        if (!machine.state().isInstance(own)) {
            throw new IllegalArgumentException("the node has no machine " + machine.name() + " with such a state");
        }
        return machine.state().cast(own);
    }

    @Override
    public void answer(ActionId request, Action fact) {
        runtime().answer(request, fact);
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        runtime().ended(fact);
    }

    @Override
    public Offer offer(Action fact) {
        NodeRuntime<NodeRoot> built = runtime;
        return built == null ? Offer.STOPPING : built.offer(fact);
    }
}
