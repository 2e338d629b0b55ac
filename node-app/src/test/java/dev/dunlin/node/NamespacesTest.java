package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines, each a network namespace, on which the program runs as the README says, {@code --connect} among it; by IPv4 and by
 * IPv6 at once. What happens to a network happens to them, and they are connected again in time. {@code -Ddunlin.rounds=10} for how
 * often, {@code -Ddunlin.outage=60} for how many seconds a cable is out.
 */
class NamespacesTest {

    private static final int ROUNDS = Integer.getInteger("dunlin.rounds", 1);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("dunlin.outage", 5));

    /** Within so long after a cause's end they are connected again. */
    private static final Duration BAR = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @BeforeAll
    static void canBeMade() {
        Optional<String> trouble = Namespaces.trouble();
        assumeTrue(trouble.isEmpty(), () -> "no network namespaces can be made here: " + trouble.orElse(""));
    }

    /** A machine and what runs on it. */
    private static final class Machine {

        private final Namespaces net;
        private final String name;
        private final Path data;
        private final Path output;
        private final String id;

        @SuppressWarnings("NullAway.Init") // start() sets it
        private NodeProcess node;

        private int starts;
        private int seen;

        @SuppressWarnings("NullAway.Init")
        Machine(Namespaces net, String name, Path folder) throws IOException {
            this.net = net;
            this.name = name;
            data = folder.resolve(name);
            output = Files.createDirectories(folder.resolve("output-" + name));
            Program init = new Program();
            assertThat(init.run("init", "--data-dir", data)).isEqualTo(ExitCode.OK);
            id = init.out().strip();
        }

        void start(String... connect) throws IOException {
            List<String> args =
                    new ArrayList<>(List.of("run", "--data-dir", data.toString(), "--listen", net.anywhere()));
            for (String address : connect) {
                args.addAll(List.of("--connect", address));
            }
            seen = 0;
            node = NodeProcess.start(output, "start-" + (starts + 1), net.on(name), List.of(), args);
            starts++;
        }

        void awaitListening() {
            NodeProcess.eventually(name + " listens", () -> {
                assertThat(node.isRunning()).as(node.told()).isTrue();
                return Optional.of(node.printed()).filter(printed -> printed.contains("/p2p/"));
            });
        }

        void end() {
            if (starts > 0) {
                node.close();
            }
        }

        /** From here on its lines are looked at. */
        void mark() {
            seen = (int) node.told().lines().count();
        }

        List<String> lines() {
            return node.told().lines().skip(seen).toList();
        }

        private static boolean connects(String line) {
            return line.contains(" connected to ") || line.contains(" has connected from ");
        }

        private static boolean loses(String line) {
            return line.contains(" lost ");
        }

        /** Whether the last of its lines about the other's connection is that there is one; -1 lost, 0 nothing new, 1 connected. */
        int word() {
            int word = 0;
            for (String line : lines()) {
                word = connects(line) ? 1 : loses(line) ? -1 : word;
            }
            return word;
        }

        String at(int number) {
            return net.multiaddr(number) + "/p2p/" + id;
        }
    }

    private record Lab(Namespaces net, Machine a, Machine b) implements AutoCloseable {

        static Lab of(String name, boolean six, Path folder) throws IOException {
            Namespaces net = Namespaces.of(name + (six ? "6" : "4"), six);
            Path own = Files.createDirectories(folder.resolve(net.prefix()));
            return new Lab(net, new Machine(net, "a", own), new Machine(net, "b", own));
        }

        String family() {
            return net.six() ? "IPv6" : "IPv4";
        }

        /** Both run, connected. */
        void connected() {
            NodeProcess.eventually(
                    "both are connected", () -> a.word() > 0 && b.word() > 0 ? Optional.of(true) : Optional.empty());
        }

        String told() {
            return "a told:\n" + a.node.told() + "b told:\n" + b.node.told();
        }

        /** What the log says of the other machine, once both have ended in order. */
        String why(Machine machine, Machine other) throws InterruptedException {
            assertThat(machine.node.stop()).isZero();
            Program why = new Program();
            assertThat(why.run("why", machine.data, "--peer", other.id, "--last", 400))
                    .as(why.err())
                    .isEqualTo(ExitCode.OK);
            return why.out();
        }

        @Override
        public void close() {
            List.of(a, b).forEach(Machine::end);
            net.close();
        }
    }

    @FunctionalInterface
    private interface Rounds {
        void of(Lab lab) throws Exception;
    }

    // By both families at once, for most of the time is waiting.
    private void bothFamilies(String name, Rounds rounds) {
        Executor threads = task -> Thread.ofPlatform().name("rounds").start(task);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (boolean six : List.of(false, true)) {
            running.add(CompletableFuture.runAsync(
                    () -> {
                        try (Lab lab = Lab.of(name, six, folder)) {
                            rounds.of(lab);
                        } catch (Exception e) {
                            throw new CompletionException(e);
                        }
                    },
                    threads));
        }
        running.forEach(CompletableFuture::join);
    }

    @FunctionalInterface
    private interface Again {
        boolean isSo();
    }

    private static void measured(Lab lab, String what, int round, Duration bar, Again again) {
        long end = System.nanoTime();
        while (!again.isSo()) {
            if (System.nanoTime() - end > bar.toNanos()) {
                throw new AssertionError(what + ", round " + round + ", " + lab.family()
                        + ": not connected again within " + bar.toSeconds() + " s\n" + lab.told());
            }
            LockSupport.parkNanos(20_000_000);
        }
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - end);
        Bar.LOG.info("{}, {}, round {} of {}: connected again after {} ms", what, lab.family(), round, ROUNDS, took);
    }

    private static void pause(Duration time) {
        new CompletableFuture<Boolean>()
                .completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static void tells(Machine machine, String... inOrder) {
        NodeProcess.eventually(List.of(inOrder) + " in order in the lines of " + machine.name, () -> {
            int at = 0;
            for (String line : machine.lines()) {
                at += at < inOrder.length && line.contains(inOrder[at]) ? 1 : 0;
            }
            return at == inOrder.length ? Optional.of(true) : Optional.empty();
        });
    }

    /** Both keep each other: who has been without a network knows when it is back, and dials; the other may not. */
    @Test
    void aPulledCable() {
        bothFamilies("c", lab -> {
            lab.a.start(lab.b.at(2));
            lab.b.start(lab.a.at(1));
            lab.connected();
            int lost = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                Machine pulled = round % 2 == 1 ? lab.b : lab.a;
                lab.a.mark();
                lab.b.mark();
                lab.net.cable(pulled.name, false);
                pause(OUTAGE);
                lab.net.cable(pulled.name, true);
                // A connection that nobody has missed is one only if what was sent meanwhile has arrived.
                measured(lab, "cable of " + pulled.name + " out for " + OUTAGE.toSeconds() + " s", round, BAR, () -> {
                    int a = lab.a.word();
                    int b = lab.b.word();
                    return a >= 0 && b >= 0 && lab.net.flows("a") && lab.net.flows("b");
                });
                // Looked at every second or two, so a connection that has lived on may flow before.
                tells(pulled, "the interfaces have changed", "this machine has a new address");
                if (pulled.lines().stream().anyMatch(Machine::loses)) {
                    lost++;
                    tells(pulled, " lost ", "connected");
                }
            }
            String why = lab.why(lab.b, lab.a);
            if (lost > 0) {
                assertThat(why).contains("connection/closed").contains("nothing came after a ping");
            }
            lab.why(lab.a, lab.b);
        });
    }

    /** Only the other keeps the one that is killed or stopped, which begins anew without a word about anybody. */
    @Test
    void aPeerThatRestarts() {
        bothFamilies("r", lab -> {
            lab.a.start();
            lab.a.awaitListening();
            lab.b.start(lab.a.at(1));
            lab.connected();
            for (int round = 1; round <= 2 * ROUNDS; round++) {
                lab.b.mark();
                boolean isKilled = round % 2 == 1;
                if (isKilled) {
                    lab.a.node.kill();
                } else {
                    assertThat(lab.a.node.stop()).isZero();
                }
                lab.a.start();
                lab.a.awaitListening();
                String what = isKilled ? "peer killed and restarted" : "peer stopped and restarted";
                measured(lab, what, (round + 1) / 2, BAR, () -> lab.a.word() > 0 && lab.b.word() > 0);
                // Who begins anew looks for those that it knew of the DHT: it may be there first.
                tells(lab.b, " lost " + lab.a.id, "connected");
            }
            assertThat(lab.why(lab.b, lab.a))
                    .contains("connection/closed")
                    .containsPattern("connection/(connected|accepted)");
            lab.why(lab.a, lab.b);
        });
    }

    /**
     * The address changes that the other was told: who has the new one keeps the other, and dials. It could know at once that its
     * connection is dead, and does so only when nothing comes after a ping.
     */
    @Test
    void anotherAddress() {
        bothFamilies("n", lab -> {
            lab.a.start(lab.b.at(2));
            lab.b.start(lab.a.at(1));
            lab.connected();
            int own = 1;
            for (int round = 1; round <= ROUNDS; round++) {
                lab.a.mark();
                lab.b.mark();
                lab.net.take("a", own);
                own = 10 + round;
                lab.net.give("a", own);
                measured(lab, "another address", round, BAR, () -> lab.a.word() > 0 && lab.b.word() > 0);
                tells(lab.a, " lost ", "connected");
                tells(lab.a, "this machine has a new address");
            }
            assertThat(lab.why(lab.b, lab.a)).contains(lab.net.host(own));
            lab.why(lab.a, lab.b);
        });
    }
}
