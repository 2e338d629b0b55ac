package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bootstraps whose processes are killed: at random moments ({@code -Ddunlin.rounds=1000} for how often), and before and after each step that is
 * durable ({@code -Ddunlin.points=all}, or a text that their names have; otherwise some). {@code -Ddunlin.seed=…} for other moments.
 */
class BootstrapKillTest {

    private static final int ROUNDS = Integer.getInteger("dunlin.rounds", 2);
    private static final String POINTS = System.getProperty("dunlin.points", "");
    private static final long SEED = Long.getLong("dunlin.seed", 22);
    private static final int LANES = 2;

    /** So many bootstraps are in one directory. */
    private static final int ROUNDS_OF_ONE = 50;

    private static final int POINTS_OF_ONE = 12;
    private static final int FEW = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private List<String> jvm = List.of();
    private String classPath = System.getProperty("java.class.path");

    /** Points of one bootstrap: each party stops at the first of its own, begins again, and so on. */
    private record Case(Role role, int uses, List<String> ofListener, List<String> ofDialer, List<String> settings) {}

    private KilledProcess start(Path errors) {
        try {
            return KilledProcess.start(jvm, classPath, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it pays: processes begin in a third of the time with what an earlier one has left, which needs jars. */
    private void rehearse() throws IOException {
        classPath = Jars.in(folder.resolve("jars"));
        Path cache = folder.resolve("killed.aot");
        Path errors = folder.resolve("rehearsal.err");
        jvm = List.of("-XX:AOTCacheOutput=" + cache);
        try (KilledParties parties = new KilledParties(
                folder.resolve("rehearsal"),
                () -> {
                    KilledProcess process = start(errors);
                    // The first of them leaves it.
                    jvm = List.of();
                    return process;
                },
                new Random(SEED))) {
            parties.stopped(Role.STOCK, 3, List.of(), List.of(), List.of());
            parties.stopped(Role.FOIL, 3, List.of(), List.of(), List.of());
            parties.end();
        }
        jvm = Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
        Bar.LOG.info("rehearsed: {}", jvm.isEmpty() ? "without a cache" : "with a cache");
    }

    /** What one lane does with its parties. */
    @FunctionalInterface
    private interface Work {
        void run(KilledParties parties, int number) throws IOException;
    }

    /** Does numbered work in lanes, some of it with the same directories. */
    private void inLanes(String name, int count, int ofOne, Work work) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger kills = new AtomicInteger();
        AtomicInteger inTheMidst = new AtomicInteger();
        long begun = System.nanoTime();
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                all.add(lanes.submit(() -> {
                    int from = next.getAndAdd(ofOne);
                    while (from < count) {
                        Path own = folder.resolve(name + "-" + from);
                        Path errors = folder.resolve(name + "-" + from + ".err");
                        int to = Math.min(count, from + ofOne);
                        int at = from;
                        try (KilledParties parties =
                                new KilledParties(own, () -> start(errors), new Random(SEED * 1_000_003 + from))) {
                            for (; at < to; at++) {
                                work.run(parties, at);
                            }
                            parties.end();
                            Bar.LOG.info(
                                    "{} {} to {} of {}: {} ends by force, {} of them at a random moment in the midst of a bootstrap, after {} s",
                                    name,
                                    from + 1,
                                    to,
                                    count,
                                    kills.addAndGet(parties.kills()),
                                    inTheMidst.addAndGet(parties.inTheMidst()),
                                    (System.nanoTime() - begun) / 1_000_000_000);
                        } catch (RuntimeException | Error | IOException wrong) {
                            next.set(count);
                            throw new AssertionError(
                                    name + " " + at + " of seed " + SEED + ": " + wrong.getMessage() + "\n"
                                            + Files.readString(errors),
                                    wrong);
                        }
                        from = next.getAndAdd(ofOne);
                    }
                    return null;
                }));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        }
    }

    /** No token is lost or used twice, no database is left over or missing, and each answer is its own peer's. */
    @Test
    void killedAtAnyMoment() throws Exception {
        if (ROUNDS > ROUNDS_OF_ONE) {
            rehearse();
        }
        int ofOne = Math.clamp(ROUNDS / LANES + 1, 1, ROUNDS_OF_ONE);
        inLanes("round", ROUNDS, ofOne, (parties, number) -> parties.killed());
    }

    @Test
    void stoppedBeforeAndAfterEachStep() throws Exception {
        List<Case> cases = cases();
        assertThat(cases).hasSizeGreaterThan(100);
        if (POINTS.equals("all")) {
            rehearse();
        } else if (!POINTS.isEmpty()) {
            cases = cases.stream()
                    .filter(one -> one.toString().contains(POINTS))
                    .toList();
        } else {
            // Each time the same, from all over.
            int every = cases.size() / FEW;
            List<Case> few = new ArrayList<>();
            for (int i = 0; i < FEW; i++) {
                few.add(cases.get(every * i + every / 2));
            }
            cases = few;
        }
        List<Case> done = cases;
        int ofOne = POINTS.isEmpty() ? FEW / LANES : POINTS_OF_ONE;
        inLanes("point", done.size(), ofOne, (parties, number) -> {
            Case one = done.get(number);
            try {
                parties.stopped(one.role(), one.uses(), one.ofListener(), one.ofDialer(), one.settings());
            } catch (RuntimeException | Error wrong) {
                throw new AssertionError(one + ": " + wrong.getMessage(), wrong);
            }
        });
        Bar.LOG.info(
                "{} cases, {} points",
                done.size(),
                done.stream()
                        .mapToInt(
                                one -> one.ofListener().size() + one.ofDialer().size())
                        .sum());
    }

    private static List<String> around(String point) {
        return List.of(point + "-before", point + "-after");
    }

    private static List<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (Role role : Role.values()) {
            for (int uses : new int[] {1, 3}) {
                boolean isStock = role == Role.STOCK;
                List<String> single = new ArrayList<>(List.of(
                        "ledger-swept-created",
                        "ledger-reserved",
                        "ledger-provisioned",
                        "ledger-delivered",
                        "ledger-ended",
                        "ledger-replayed"));
                if (isStock) {
                    single.add("ledger-provisioning");
                }
                if (uses == 1) {
                    single.add("ledger-refused");
                }
                for (String point : single) {
                    around(point).forEach(where -> all.add(listener(role, uses, List.of(where))));
                }
                for (String step : List.of("CLEAR", "CREATE", "FILL", "CHECK", "FORCE", "NAME", "FORCE_NAMES")) {
                    for (String where : around("tally-" + step)) {
                        all.add(
                                isStock
                                        ? listener(role, uses, List.of(where))
                                        : new Case(role, uses, List.of(), List.of(where), List.of()));
                    }
                }
                for (String where : around("ledger-swept-turnedAway")) {
                    // A node that begins again knows when who has come; by the settings that it has then, this is not
                    // too often.
                    all.add(listener(
                            role, uses, List.of(where), "session.networkBurst=1", "session.networkEvery=9000000"));
                }
                for (String where : around("ledger-released")) {
                    // The database cannot be made, or the dialer goes away while it makes it.
                    all.add(
                            isStock
                                    ? listener(role, uses, List.of(where), "tally.minFree=" + (1L << 50))
                                    : new Case(role, uses, List.of(where), List.of("tally-FORCE-after"), List.of()));
                }
                all.add(listener(role, uses, then("ledger-reserved-after", around("ledger-swept-released"))));
                all.add(listener(
                        role,
                        uses,
                        then("ledger-provisioned-after", around("ledger-swept-abandoned")),
                        "session.lease=1000"));
                if (isStock) {
                    all.add(listener(role, uses, then("tally-FORCE_NAMES-after", around("ledger-swept-provisioned"))));
                    List<String> removal = Stream.of("REMOVE", "REMOVE_REST", "FORCE_REMOVED")
                            .flatMap(step -> around("tally-" + step).stream())
                            .toList();
                    all.add(listener(role, uses, then("tally-CREATE-after", removal)));
                }
            }
        }
        return all;
    }

    private static List<String> then(String first, List<String> more) {
        return Stream.concat(Stream.of(first), more.stream()).toList();
    }

    private static Case listener(Role role, int uses, List<String> points, String... settings) {
        return new Case(role, uses, points, List.of(), List.of(settings));
    }
}
