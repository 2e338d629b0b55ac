package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.dialer.DialerAction;
import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.dialer.Invitation;
import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.LedgerAction;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.session.SessionState;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.MemoryVault;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Action;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.bootstrap.Provisioner;
import dev.dunlin.node.bootstrap.jdbc.ProbedTallies;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A process with a node that takes bootstraps and redeems links, with its log and files, and nothing else of the program. It is told on standard
 * input what to do, a line each, and answers with a line each:
 *
 * <ul>
 *   <li>{@code open DIRECTORY PORT POINT setting=value…}: first of all; {@code at ADDRESS} once the first sweep is done
 *   <li>{@code token TOKEN ROLE USES}: {@code made}
 *   <li>{@code redeem ADDRESS TOKEN ROLE}: {@code redeemed TALLY MAKER}, or {@code failed CODE REASON}
 *   <li>{@code stop}: {@code stopped}, with what the audit has found
 * </ul>
 *
 * <p>A point is where the process stops dead: {@code none}, or {@code ledger-KIND-before} and {@code -after} the commit of a transaction that
 * tells something of this kind in the trail ({@code swept-KIND} if no session does), or {@code tally-STEP-before} and {@code -after} a step of a
 * database's making or removal.
 */
public final class KilledNode {

    /** What it ends with when it stops dead. */
    public static final int HALTED = 7;

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Node node;
    private final MemoryVault vault;
    private int asked;

    private KilledNode(Path directory, String port, String point, List<String> settings) throws IOException {
        vault = new MemoryVault(1 << 20);
        NodeOptions options = NodeOptions.DEFAULT
                .withLog(directory.resolve("log"))
                .withThreads(1)
                .withAudit(true)
                .withExtensions(Extensions.of(new BootstrapExtension(vault, new Halting(point))
                        .in(directory.resolve("tokens.db"), directory.resolve("tallies"))));
        for (String setting : settings) {
            int at = setting.indexOf('=');
            options = options.with(setting.substring(0, at), setting.substring(at + 1));
        }
        node = Node.start(identity(directory), options);
        Multiaddr address =
                node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port)).getFirst();
        boolean isOpen = node.await(
                state -> node.host().state(SessionMachine.SESSION).stance() == SessionState.Stance.OPEN, SOON);
        System.out.println(isOpen ? "at " + address : "the sweep does not end");
    }

    private static PrivateKey identity(Path directory) throws IOException {
        Path file = Files.createDirectories(directory).resolve("identity");
        if (Files.notExists(file)) {
            Files.write(
                    file,
                    PrivateKey.generate(KeyType.ED25519, new SecureRandom()).toProtobuf());
        }
        return PrivateKey.fromProtobuf(Files.readAllBytes(file));
    }

    /** Stops the process dead at a point. */
    private static final class Halting implements Between {

        private final String point;

        Halting(String point) {
            this.point = point;
        }

        private void at(String where) {
            if (where.equals(point)) {
                Runtime.getRuntime().halt(HALTED);
            }
        }

        @Override
        public Transactions ledger(Transactions file) {
            return new Transactions() {
                @Override
                public <T> T in(Function<LedgerStore, T> work) {
                    Set<String> told = new HashSet<>();
                    T given = file.in(store -> {
                        T done = work.apply(hearing(store, told));
                        told.forEach(kind -> at("ledger-" + kind + "-before"));
                        return done;
                    });
                    told.forEach(kind -> at("ledger-" + kind + "-after"));
                    return given;
                }
            };
        }

        private static LedgerStore hearing(LedgerStore store, Set<String> told) {
            return (LedgerStore) Proxy.newProxyInstance(
                    LedgerStore.class.getClassLoader(), new Class<?>[] {LedgerStore.class}, (proxy, method, args) -> {
                        if (args != null && args[0] instanceof Entry entry) {
                            String by = entry.event().session() == 0 ? "swept-" : "";
                            told.add(by + entry.event().kind());
                        }
                        try {
                            return method.invoke(store, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public Provisioner tallies(Path directory, SqliteTallies.Limits limits) {
            return ProbedTallies.open(
                    directory,
                    limits,
                    (step, isDone) -> at("tally-" + step + (Boolean.TRUE.equals(isDone) ? "-after" : "-before")));
        }
    }

    private String done(String[] words) {
        return switch (words[0]) {
            case "token" -> token(words[1], Role.valueOf(words[2]), Integer.parseInt(words[3]));
            case "redeem" -> redeem(Multiaddr.parse(words[1]), words[2], Role.valueOf(words[3]));
            case "stop" -> {
                node.close();
                yield "stopped, " + node.broken() + " broken";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String token(String token, Role role, int uses) {
        Action.Ticketed outcome = node.runtime()
                .ask(
                        "token-" + ++asked,
                        ticket -> new LedgerAction.Create(
                                ticket,
                                Hashes.sha256(token),
                                role,
                                Optional.of(uses),
                                SOON.toSeconds() * 1_000_000 * 60,
                                "",
                                Optional.empty(),
                                false,
                                ""),
                        SOON)
                .join();
        return outcome.toString().contains("Answered") ? "made" : outcome.toString();
    }

    private String redeem(Multiaddr other, String token, Role role) {
        Action.Ticketed outcome = node.runtime()
                .ask(
                        "redeem-" + ++asked,
                        ticket -> new DialerAction.Redeem(
                                ticket,
                                new Invitation(
                                        List.of(other), vault.keep(Vault.Kind.TOKEN, token), Long.MAX_VALUE, role),
                                vault.keep(Vault.Kind.IDENTITY, "{}"),
                                List.of(),
                                "key-of-16-characters"),
                        SOON)
                .join();
        return switch (outcome) {
            case DialerOutcome.Redeemed done ->
                "redeemed " + done.tally().tallyId() + " " + done.tally().createdBy();
            case DialerOutcome.RedeemFailed failed ->
                "failed " + failed.code() + " "
                        + failed.reason().map(Enum::name).orElse("none") + " " + failed.detail();
            default -> "failed " + outcome;
        };
    }

    /** Does what it is told. */
    public static void main(String[] args) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = lines.readLine();
        if (line == null) {
            return;
        }
        String[] first = line.split(" ");
        KilledNode running = new KilledNode(
                Path.of(first[1]), first[2], first[3], Arrays.asList(first).subList(4, first.length));
        line = lines.readLine();
        while (line != null) {
            System.out.println(running.done(line.split(" ")));
            if (line.equals("stop")) {
                return;
            }
            line = lines.readLine();
        }
        // Whoever has started it is gone.
        Runtime.getRuntime().halt(1);
    }
}
