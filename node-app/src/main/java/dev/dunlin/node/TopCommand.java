package dev.dunlin.node;

import dev.dunlin.connection.operations.PeerOperations;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.words.Spans;
import dev.dunlin.node.admin.AdminClient;
import dev.dunlin.node.admin.Answers;
import dev.dunlin.node.screen.FullScreen;
import dev.dunlin.node.top.Moment;
import dev.dunlin.node.top.TopView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin top}: a running node at a glance, again and again. */
@Command(
        name = "top",
        description =
                "Shows a running node at a glance, again and again: what it does a second, its queue, log, memory and"
                        + " CPU, what it refuses and why, and its peers with their round-trip times. Keys are told in the last line.")
final class TopCommand implements Runnable {

    private static final long MICROS = 1_000_000;
    private static final int MOST_PEERS = 1000;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The node's data directory. Default: " + DataDirectory.DEFAULT_TEXT)
    private @Nullable Path dataDir;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "How often it is asked, 1 to 3600 (default: ${DEFAULT-VALUE}).")
    private int every;

    @Option(
            names = "--once",
            description =
                    "Prints one look as text, of what happens between two moments, and ends: also where there is no"
                            + " terminal.")
    private boolean once;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final boolean isUser;
    private final Registry<NodeRoot> registry;
    private final Machines machines;

    /**
     * The command.
     *
     * @param registry what can be asked
     * @param machines those that this run of the program has
     * @param isUser whether somebody looks, at a terminal
     */
    TopCommand(Registry<NodeRoot> registry, Machines machines, boolean isUser) {
        this.machines = machines;
        this.registry = registry;
        this.isUser = isUser;
    }

    @Override
    public void run() {
        if (every < 1 || every > 3600) {
            throw Verbs.usage(spec, "--every is 1 to 3600 seconds, not " + every);
        }
        Asking asking = new Asking(dataDir == null ? DataDirectory.standard() : dataDir, machines);
        TopView view = new TopView();
        // Whoever cannot be asked at the beginning is told as any verb tells it.
        view.show(moment(asking));
        if (!once && isUser && shown(asking, view)) {
            return;
        }
        pause(every);
        view.show(moment(asking));
        view.text().forEach(line -> spec.commandLine().getOut().println(LogLine.printable(line)));
    }

    // False if there is no terminal that can show it.
    private boolean shown(Asking asking, TopView view) {
        CountDownLatch over = new CountDownLatch(1);
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                while (!over.await(every, TimeUnit.SECONDS)) {
                    look(asking, view::show, view::fail);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            return new FullScreen(view).run();
        } catch (IOException failure) {
            throw FileFailure.of("show it on this terminal", failure);
        } finally {
            over.countDown();
            asker.interrupt();
        }
    }

    private void look(Asking asking, Consumer<Moment> told, Consumer<String> failed) {
        try {
            told.accept(moment(asking));
        } catch (CommandFailure failure) {
            failed.accept(String.valueOf(failure.getMessage()));
        }
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Moment moment(Asking asking) {
        return asking.running(client -> {
            NodeOperations.Status status = ask(client, "status", Map.of(), NodeOperations.Status.class);
            PeerOperations.PeerList connected = peers(client, "connected");
            PeerOperations.PeerList kept = peers(client, "kept");
            List<PeerOperations.PeerRow> rows = new ArrayList<>(connected.peers());
            int lost = 0;
            for (PeerOperations.PeerRow row : kept.peers()) {
                if (!row.state().equals("connected")) {
                    rows.add(lost++, row);
                }
            }
            return Moment.of(
                    System.nanoTime(),
                    status.peer() + "   " + status.state() + " for " + age(status.since()) + "   input "
                            + status.input(),
                    status.problems(),
                    client.text("/metrics"),
                    rows,
                    connected.total() + lost);
        });
    }

    private static String age(String since) {
        return Spans.of(Math.max(
                        0,
                        Duration.between(Instant.parse(since), Instant.now())
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toSeconds())
                * MICROS);
    }

    private PeerOperations.PeerList peers(AdminClient client, String state) throws IOException {
        return ask(
                client,
                "peers",
                Map.of("state", state, "limit", Integer.toString(MOST_PEERS)),
                PeerOperations.PeerList.class);
    }

    private <A extends Record> A ask(AdminClient client, String name, Map<String, String> given, Class<A> type)
            throws IOException, NoAnswerException {
        Operation<?, ?, ?> operation = registry.find(name).orElseThrow().operation();
        return Answers.read(client.ask(operation, given), type);
    }
}
