package dev.dunlin.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.BootstrapLink;
import dev.dunlin.node.Main;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.interop.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program is told to end while many bootstraps go on: from when on it is not ready and lets nobody in, how many go on to their end,
 * how long it takes, and whether the trail has the end of each. Prints what was measured.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class BootstrapDrainBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int ACTIVE = Integer.getInteger("dunlin.bench.active", 1_000);
    private static final int PROBES = 20;
    private static final int AT_ONCE = 16;
    private static final int FINISHERS = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern KIND = Pattern.compile("\"kind\":\"([a-zA-Z]+)\"");
    private static final Pattern SESSION = Pattern.compile("\"session\":\"?([0-9]+)");
    private static final Pattern CODE = Pattern.compile("\"code\":\"([A-Z_]*)\"");
    private static final Pattern LINK = Pattern.compile("\"link\":\"([^\"]+)\"");

    /** Room for all of them; each waits for its third message for as long as the bench takes. */
    private static final List<String> SETTINGS = List.of(
            "admin.listen=127.0.0.1:0",
            "connection.maxInbound=4000",
            "connection.maxConnections=4000",
            "connection.idleTimeout=0s",
            // Half of it is where the first peers are turned away by chance.
            "session.maxSessions=4000",
            "session.tokenEvery=0s",
            "session.foilTimeout=10m",
            "session.databaseTimeout=10m");

    @TempDir
    private Path folder = Path.of("");

    /** One that is let in, and waited for. */
    private record Waiting(BootstrapPeer peer, String session) {}

    private Child program(List<String> printed, Object... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return Child.start(folder, command, printed::add);
    }

    private List<String> answered(Object... args) throws InterruptedException {
        List<String> printed = Collections.synchronizedList(new ArrayList<>());
        try (Child child = program(printed, args)) {
            assertThat(child.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(child.exitCode()).as(child.errors()).isZero();
            // Its lines are read by another thread, which may have some to go.
            while (printed.isEmpty()) {
                Thread.onSpinWait();
            }
        }
        return printed;
    }

    private Child started(Path data) throws Exception {
        List<Object> args = new ArrayList<>(List.of("run", "--data-dir", data, "--listen", "/ip4/127.0.0.1/tcp/0"));
        for (String setting : SETTINGS) {
            args.add("--set");
            args.add(setting);
        }
        Child child = program(Collections.synchronizedList(new ArrayList<>()), args.toArray());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (AdminFiles.address(data).isEmpty()) {
            assertThat(System.nanoTime() < end && child.process().isAlive())
                    .as(child.errors())
                    .isTrue();
            Pace.hold(Duration.ofMillis(50));
        }
        return child;
    }

    private static String match(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }

    @Test
    void drain() throws Exception {
        Path data = folder.resolve("node");
        try (Child program = started(data)) {
            BootstrapLink link = BootstrapLink.parse(match(
                    LINK,
                    String.join(
                            "",
                            answered(
                                    "token",
                                    "create",
                                    "--data-dir",
                                    data,
                                    "--role",
                                    "foil",
                                    "--uses",
                                    "0",
                                    "--json"))));
            int port = link.responders().getFirst().port().orElseThrow();
            List<BootstrapPeer> probes = new ArrayList<>();
            for (int i = 0; i < PROBES; i++) {
                probes.add(BootstrapPeer.connect(port, Crowd.address(100, i)));
            }
            List<Waiting> active = active(port, link.token());
            FIGURES.info(
                    "{} bootstraps go on in process {}",
                    active.size(),
                    program.process().pid());

            URI ready = URI.create(AdminFiles.address(data).orElseThrow()).resolve("/readyz");
            AtomicLong begun = new AtomicLong(Long.MAX_VALUE);
            AtomicLong unready = new AtomicLong(Long.MAX_VALUE);
            AtomicLong lastIn = new AtomicLong(Long.MIN_VALUE);
            AtomicLong firstOut = new AtomicLong(Long.MAX_VALUE);
            Queue<String> told = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            threads.add(Thread.ofPlatform().start(() -> poll(ready, unready, told)));
            for (BootstrapPeer probe : probes) {
                threads.add(Thread.ofVirtual().start(() -> probe(probe, link.token(), begun, lastIn, firstOut)));
            }
            Pace.hold(Duration.ofSeconds(2));
            long signal = System.nanoTime();
            begun.set(signal);
            program.process().destroy();
            AtomicLong finished = new AtomicLong();
            for (Waiting one : active.subList(0, FINISHERS)) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        Pace.hold(Duration.ofSeconds(1));
                        if (one.peer().ask(BootstrapPeer.result(one.session())).isTaken()) {
                            finished.incrementAndGet();
                        }
                    } catch (IOException e) {
                        // It is not finished.
                    }
                }));
            }
            boolean isOver = program.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            long ended = System.nanoTime();
            for (Thread thread : threads) {
                thread.join();
            }
            FIGURES.info(
                    "after the signal: not ready after {} ms ({}), the last contact that was let in began {} ms after it, the first that"
                            + " was not answered with a yes {} ms, {} of {} told of their databases a second later and were"
                            + " heard, ended ({}) after {} ms with code {}",
                    unready.get() == Long.MAX_VALUE ? "never" : millis(unready.get() - signal),
                    told,
                    lastIn.get() == Long.MIN_VALUE ? "-" : millis(lastIn.get() - signal),
                    firstOut.get() == Long.MAX_VALUE ? "never" : millis(firstOut.get() - signal),
                    finished,
                    FINISHERS,
                    isOver,
                    millis(ended - signal),
                    program.process().exitValue());
            program.errors()
                    .lines()
                    .filter(line -> !line.contains(" INFO "))
                    .forEach(line -> FIGURES.info("it says: {}", line));
        }
        trail(answered("audit", "export", "--data-dir", data));
        try (Child again = started(data)) {
            FIGURES.info("after a restart: {}", answered("audit", "verify", "--data-dir", data));
            trail(answered("audit", "export", "--data-dir", data));
            again.terminate();
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static List<Waiting> active(int port, String token) throws InterruptedException {
        Queue<Waiting> all = new ConcurrentLinkedQueue<>();
        Semaphore places = new Semaphore(AT_ONCE);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < ACTIVE; i++) {
            String from = Crowd.address(1, i);
            threads.add(Thread.ofVirtual().start(() -> {
                places.acquireUninterruptibly();
                try {
                    BootstrapPeer peer = BootstrapPeer.connect(port, from);
                    BootstrapPeer.Answer answer = peer.ask(peer.contact(token, BootstrapPeer.newKey()));
                    all.add(new Waiting(peer, answer.session()));
                } catch (IOException e) {
                    FIGURES.info("not let in: {}", e.toString());
                } finally {
                    places.release();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(all);
    }

    private static void poll(URI ready, AtomicLong unready, Queue<String> told) {
        HttpRequest request =
                HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(5)).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (true) {
                long from = System.nanoTime();
                int status = client.send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode();
                if (status != 200 && unready.get() == Long.MAX_VALUE) {
                    unready.set(from);
                    told.add("status " + status);
                }
                Pace.hold(Duration.ofMillis(5));
            }
        } catch (IOException gone) {
            if (unready.compareAndSet(Long.MAX_VALUE, System.nanoTime())) {
                told.add("not reachable: " + gone);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Comes again and again, from before the signal to the end of the connection. */
    private static void probe(
            BootstrapPeer peer, String token, AtomicLong signal, AtomicLong lastIn, AtomicLong firstOut) {
        Pace pace = new Pace(10);
        try {
            while (!peer.ended().isDone()) {
                pace.turn();
                long from = System.nanoTime();
                BootstrapPeer.Answer answer = peer.ask(peer.contact(token, BootstrapPeer.newKey()));
                if (answer.isApproved()) {
                    lastIn.accumulateAndGet(from, Math::max);
                    peer.ask(BootstrapPeer.result(answer.session()));
                } else if (from > signal.get()) {
                    firstOut.accumulateAndGet(from, Math::min);
                }
            }
        } catch (IOException gone) {
            firstOut.accumulateAndGet(System.nanoTime(), Math::min);
        }
    }

    private static void trail(List<String> lines) {
        Map<String, Integer> kinds = new TreeMap<>();
        Set<String> reserved = new HashSet<>();
        Set<String> ended = new HashSet<>();
        for (String line : lines) {
            String kind = match(KIND, line);
            String code = match(CODE, line);
            kinds.merge(code.isEmpty() ? kind : kind + "." + code, 1, Integer::sum);
            Optional.of(match(SESSION, line))
                    .filter(number -> !number.equals("0"))
                    .ifPresent(number -> (kind.equals("ended") ? ended : reserved).add(number));
        }
        Set<String> open = new HashSet<>(reserved);
        open.removeAll(ended);
        FIGURES.info(
                "the trail has {} entries {}; sessions {}, ended {}, without an end {}",
                lines.size(),
                kinds,
                reserved.size(),
                ended.size(),
                open.size());
    }
}
