package dev.dunlin.node.bench;

import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.ledger.LedgerAction;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.session.SessionState;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The program of {@link BootstrapBench}: a node that records its log, with a ledger in a file, that takes bootstraps. Its arguments are its
 * directory, how databases are made, and settings. It has two tokens that may be used as often as one likes.
 */
final class BootstrapListener {

    /** Databases are made by {@link StubHooks}. */
    static final String STUB = "stub";

    /** Databases are made as the program makes them: each is a file. */
    static final String FILES = "files";

    /** A line after which a database takes so many milliseconds, or as long as one likes if that is negative. */
    static final String TAKES = "takes ";

    static final String STOCK_TOKEN = "the token of those for whom the listener makes a database";
    static final String FOIL_TOKEN = "the token of those who make a database themselves";

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long HOUR = Duration.ofHours(1).toNanos() / 1_000;

    private BootstrapListener() {}

    /** Databases that are not there, in as much time as is wished. */
    private static final class StubHooks implements ListenerHooks, DialerHooks {

        private volatile Duration takes = Duration.ZERO;
        private volatile CountDownLatch hanging = new CountDownLatch(0);

        void take(long millis) {
            hanging.countDown();
            hanging = new CountDownLatch(millis < 0 ? 1 : 0);
            takes = Duration.ofMillis(Math.max(0, millis));
        }

        @Override
        public boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within) {
            return true;
        }

        @Override
        public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
                throws Exception {
            hanging.await();
            Pace.hold(takes);
            return new Tally(name, role, "stub:" + name, "");
        }

        @Override
        public boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) {
            return true;
        }

        @Override
        public boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) {
            return true;
        }

        @Override
        public void removeDatabase(String name, Tally tally) {
            // There is none.
        }
    }

    /** Runs until its standard input ends. */
    public static void main(String[] args) throws IOException {
        StubHooks hooks = new StubHooks();
        BootstrapExtension extension =
                args[1].equals(STUB) ? new BootstrapExtension(hooks, hooks) : new BootstrapExtension();
        NodeOptions options =
                NodeOptions.DEFAULT.withLog(Path.of(args[0], "log")).withExtensions(Extensions.of(extension));
        for (int i = 2; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            options = options.with(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        try (Node node = Node.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), options);
                BufferedReader asking = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            make(node, STOCK_TOKEN, Role.STOCK);
            make(node, FOIL_TOKEN, Role.FOIL);
            BenchNode.say(node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))
                    .getFirst()
                    .toString());
            for (String line = asking.readLine(); line != null; line = asking.readLine()) {
                if (line.startsWith(TAKES)) {
                    hooks.take(Long.parseLong(line, TAKES.length(), line.length(), 10));
                } else if (line.equals(BenchNode.COLLECTED)) {
                    System.gc();
                }
                Map<String, Long> figures = BenchNode.figures(node);
                sessions(node).ifPresent(sessions -> {
                    figures.put("sessions", (long) sessions.sessions().running().size());
                    figures.put("provisioning", (long) sessions.provisioning());
                    figures.put("waiting", (long) sessions.queue().size());
                    sessions.counts().ended().each((code, count) -> figures.put("ended." + code, count));
                    sessions.counts().turnedAway().each((code, count) -> figures.put("turned." + code, count));
                    sessions.counts()
                            .spent()
                            .each((stage, micros) -> figures.put(
                                    "micros." + stage,
                                    micros / sessions.counts().left().or(stage, 1L)));
                });
                BenchNode.say(figures);
            }
        }
    }

    private static Optional<SessionState> sessions(Node node) {
        return node.runtime()
                .state()
                .root()
                .extensions()
                .of(SessionMachine.NAME)
                .map(SessionState.class::cast);
    }

    private static void make(Node node, String token, Role role) {
        node.runtime()
                .ask(
                        "token",
                        ticket -> new LedgerAction.Create(
                                ticket,
                                Hashes.sha256(token),
                                role,
                                Optional.empty(),
                                HOUR,
                                "",
                                Optional.empty(),
                                false,
                                ""),
                        SOON)
                .join();
    }
}
