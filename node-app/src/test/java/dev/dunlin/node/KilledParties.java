package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import dev.dunlin.node.bootstrap.extension.KilledNode;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A listener, a dialer and a stranger, each a process with a directory of its own. The first two are killed in the midst of bootstraps; then all
 * must be as if nothing had been. What the listener has on the disk is looked at from outside each time when it is gone.
 */
final class KilledParties implements AutoCloseable {

    private static final int MOST_TRIES = 20;
    private static final int MOST = 1_000_000;
    /** Times in microseconds. */
    private static final List<String> QUICK = List.of(
            "dialer.pause=50000",
            "dialer.mostPause=200000",
            "dialer.rounds=50",
            "session.retryAfter=50000",
            "session.penaltyMost=0",
            "ping.interval=0");

    private final Path folder;
    private final Supplier<KilledProcess> starting;
    private final Random random;
    private final Deque<KilledProcess> spares = new ArrayDeque<>();
    private final Party listener;
    private final Party dialer;
    private final Party stranger;
    private final List<Given> atRest = new ArrayList<>();
    private @Nullable Given current;
    private int given;

    /** So long after its begin, in microseconds, a bootstrap is disturbed at the latest. */
    private double window = 150_000;

    /** How often somebody was killed or has stopped dead, and how often at a random moment before the bootstrap was over. */
    private int kills;

    private int inTheMidst;

    /** A token that was given away, and the databases that have come of it, by whose they are. */
    private record Given(String token, Role role, int uses, Map<Party, String> tallies) {

        Bytes hash() {
            return Hashes.sha256(token);
        }
    }

    /** One of them. */
    private static final class Party {

        final Path directory;
        final Deque<String> points = new ArrayDeque<>();
        final List<String> settings = new ArrayList<>();

        @Nullable
        KilledProcess process;

        String address = "";
        String port = "0";
        String point = "none";

        Party(Path directory) {
            this.directory = directory;
        }

        KilledProcess running() {
            return Objects.requireNonNull(process);
        }
    }

    /**
     * They begin.
     *
     * @param folder for their directories
     * @param starting starts a process
     */
    KilledParties(Path folder, Supplier<KilledProcess> starting, Random random) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.starting = starting;
        this.random = random;
        spares.add(starting.get());
        listener = new Party(folder.resolve("listener"));
        dialer = new Party(folder.resolve("dialer"));
        stranger = new Party(folder.resolve("stranger"));
        for (Party each : List.of(listener, dialer, stranger)) {
            open(each, false);
        }
    }

    int kills() {
        return kills;
    }

    int inTheMidst() {
        return inTheMidst;
    }

    // Processes

    /** Another one starts meanwhile. */
    private KilledProcess taken() {
        spares.addLast(starting.get());
        return spares.removeFirst();
    }

    /** Has a party begin, or go on with what it has. */
    private void open(Party party, boolean isDisturbed) {
        boolean disturb = isDisturbed;
        String said = KilledProcess.GONE;
        while (said.isEmpty()) {
            if (party == listener) {
                exam();
            }
            party.point = party.points.isEmpty() ? "none" : party.points.removeFirst();
            List<String> words = new ArrayList<>(List.of("open", party.directory.toString(), party.port, party.point));
            words.addAll(QUICK);
            words.addAll(party.point.equals("none") ? List.of() : party.settings);
            party.process = taken();
            CompletableFuture<String> opened = party.running().ask(String.join(" ", words));
            if (disturb) {
                disturb = false;
                await(opened, random.nextLong(600_000));
                kill(party);
                continue;
            }
            said = opened.orTimeout(120, TimeUnit.SECONDS).join();
            if (said.isEmpty()) {
                hasHalted(party);
            }
        }
        assertThat(said).startsWith("at /");
        party.address = said.substring(3);
        party.port = party.address.split("/")[4];
    }

    private void hasHalted(Party party) {
        assertThat(party.running().code())
                .as("%s was to stop at %s", party.directory, party.point)
                .isEqualTo(KilledNode.HALTED);
        assertThat(party.point).isNotEqualTo("none");
        kills++;
    }

    private void kill(Party party) {
        party.running().kill();
        kills++;
    }

    /** Whoever has stopped at a point begins again. */
    private void revive() {
        for (Party each : List.of(listener, dialer)) {
            if (each.running().end().isDone()) {
                hasHalted(each);
                open(each, false);
            }
        }
    }

    /** Waits until something is there, or the time is over. */
    private static void await(CompletableFuture<String> something, long micros) {
        something.copy().completeOnTimeout("", micros, TimeUnit.MICROSECONDS).join();
    }

    /** What somebody answers; whoever stops meanwhile begins again. */
    private String answer(CompletableFuture<String> asked) {
        while (!asked.isDone()) {
            CompletableFuture.anyOf(
                            asked, listener.running().end(), dialer.running().end())
                    .orTimeout(120, TimeUnit.SECONDS)
                    .join();
            revive();
        }
        revive();
        return asked.join();
    }

    // Bootstraps

    private Given give(Role role, int uses) {
        Given fresh = new Given(
                "token-" + ++given + "-" + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()),
                role,
                uses,
                new HashMap<>());
        current = fresh;
        String said = KilledProcess.GONE;
        while (said.isEmpty()) {
            said = answer(listener.running().ask("token " + fresh.token() + " " + role + " " + uses));
        }
        assertThat(said).isEqualTo("made");
        return fresh;
    }

    private CompletableFuture<String> redeem(Party peer, Given token) {
        return peer.running().ask("redeem " + listener.address + " " + token.token() + " " + token.role());
    }

    /** Asks until there is an end of which nothing but an answer to this peer can come. */
    private String end(Party peer, Given token, CompletableFuture<String> first) {
        CompletableFuture<String> asked = first;
        List<String> all = new ArrayList<>();
        while (all.size() < MOST_TRIES) {
            String said = answer(asked);
            all.add(said);
            if (said.startsWith("redeemed ") || said.contains("INVALID_TOKEN")) {
                return said;
            }
            assertThat(said)
                    .as("what may be tried again")
                    .matches("|failed (NO_REACHABLE_RESPONDER|OUTCOME_UNKNOWN|REJECTED) "
                            + "(none|UNAVAILABLE|TIMEOUT|INTERNAL_ERROR|PROVISION_FAILED)\\b.*");
            asked = redeem(peer, token);
        }
        throw new AssertionError("there is no end: " + all);
    }

    /** Whoever has redeemed it gets the same, however often it asks, and nobody else does. */
    private void finish(Given token, CompletableFuture<String> first) throws IOException {
        String own = end(dialer, token, first);
        assertThat(own).as("its first answer").matches("redeemed [a-z2-7]{26} " + token.role());
        token.tallies().put(dialer, own.split(" ")[1]);
        assertThat(end(dialer, token, redeem(dialer, token)))
                .as("its answer again")
                .isEqualTo(own);
        String other = end(stranger, token, redeem(stranger, token));
        if (token.uses() == 1) {
            assertThat(other).startsWith("failed REJECTED INVALID_TOKEN");
        } else {
            assertThat(other).matches("redeemed [a-z2-7]{26} " + token.role()).isNotEqualTo(own);
            token.tallies().put(stranger, other.split(" ")[1]);
            assertThat(end(stranger, token, redeem(stranger, token))).isEqualTo(other);
        }
        atRest.add(token);
        current = null;
        for (Party each : List.of(dialer, stranger)) {
            assertThat(files(each.directory.resolve("tallies").resolve("foil")))
                    .as("databases for links")
                    .isEqualTo(made(each));
        }
    }

    /** The databases for links that a party must have, and nothing else. */
    private Set<String> made(Party party) {
        Set<String> names = new TreeSet<>();
        for (Given each : atRest) {
            String name = each.tallies().get(party);
            if (each.role() == Role.FOIL && name != null) {
                names.add(name + ".db");
            }
        }
        return names;
    }

    private static Set<String> files(Path directory) throws IOException {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.filter(Files::isRegularFile)
                        .forEach(file -> names.add(directory.relativize(file).toString()));
            }
        }
        return names;
    }

    /** One bootstrap, in which one of the two is killed at any moment. */
    void killed() throws IOException {
        Given token = give(random.nextBoolean() ? Role.STOCK : Role.FOIL, random.nextBoolean() ? 1 : 3);
        Party victim = random.nextInt(3) == 0 ? dialer : listener;
        boolean isTwice = random.nextInt(6) == 0;
        CompletableFuture<String> first = redeem(dialer, token);
        await(first, random.nextLong((long) window));
        boolean isMidst = !first.isDone();
        kill(victim);
        inTheMidst += isMidst ? 1 : 0;
        // Three of four in the midst, or so, whatever the machine has to do.
        window = Math.clamp(window * (isMidst ? 0.98 : 1.06), 5_000, 3_000_000);
        open(victim, isTwice);
        Optional<String> before = Optional.of(first.getNow("")).filter(said -> said.startsWith("redeemed "));
        finish(token, first);
        before.ifPresent(
                said -> assertThat(said.split(" ")[1]).isEqualTo(token.tallies().get(dialer)));
    }

    /**
     * One bootstrap, in which the two stop at points, one each time they begin.
     *
     * @param settings of the listener's, as long as it has points before it
     */
    void stopped(Role role, int uses, List<String> ofListener, List<String> ofDialer, List<String> settings)
            throws IOException {
        listener.points.addAll(ofListener);
        listener.settings.addAll(settings);
        dialer.points.addAll(ofDialer);
        for (Party each : List.of(listener, dialer)) {
            if (!each.points.isEmpty()) {
                each.running().kill();
                open(each, false);
            }
        }
        Given token = give(role, uses);
        finish(token, redeem(dialer, token));
        for (Party each : List.of(listener, dialer)) {
            assertThat(each.points).as("points that were not reached").isEmpty();
            assertThat(each.point).as("a point that was not reached").isEqualTo("none");
            each.settings.clear();
        }
    }

    // What is on the disk

    /** Looks at the listener's ledger and databases, while it is gone: at a copy of the ledger, so that its next start finds it as it was left. */
    private void exam() {
        Path file = listener.directory.resolve(SqliteLedger.FILE);
        if (Files.notExists(file)) {
            return;
        }
        try {
            Path copy = Files.createDirectories(folder.resolve("copy"));
            for (String end : List.of("", "-wal")) {
                Path to = copy.resolve(SqliteLedger.FILE + end);
                Files.deleteIfExists(to);
                Path from = file.resolveSibling(SqliteLedger.FILE + end);
                if (Files.exists(from)) {
                    Files.copy(from, to);
                }
            }
            Files.deleteIfExists(copy.resolve(SqliteLedger.FILE + "-shm"));
            try (SqliteLedger ledger = SqliteLedger.open(copy.resolve(SqliteLedger.FILE))) {
                Set<String> whole = ledger.in(this::exam);
                databases(whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks at what the ledger says; the names of the databases that the listener must have, those of the bootstrap that goes on last. */
    private Set<String> exam(LedgerStore store) {
        Map<Bytes, List<Redemption>> all = new LinkedHashMap<>();
        for (Phase phase : Phase.values()) {
            for (Redemption each : store.ended(phase, Long.MAX_VALUE, MOST)) {
                all.computeIfAbsent(each.key().token(), none -> new ArrayList<>())
                        .add(each);
            }
        }
        Map<String, Integer> counted = trail(store);
        Set<String> databases = new TreeSet<>();
        for (Token token : store.tokens(Optional.empty(), MOST)) {
            List<Redemption> own = all.getOrDefault(token.hash(), List.of());
            assertThat(token.uses()).isEqualTo((int)
                    own.stream().filter(one -> one.phase().hasDatabase()).count());
            assertThat(token.reserved()).isEqualTo((int)
                    own.stream().filter(one -> one.phase().isReserved()).count());
            assertThat(token.uses() + token.reserved())
                    .isLessThanOrEqualTo(token.maxUses().orElseThrow());
            for (Redemption one : own) {
                assertThat(one.tally().isPresent()).isEqualTo(one.phase().hasDatabase());
                assertThat(counted.getOrDefault("provisioned " + one.id(), 0))
                        .isEqualTo(one.phase().hasDatabase() ? 1 : 0);
                if (token.role() == Role.STOCK && one.phase().hasDatabase()) {
                    assertThat(one.tally().orElseThrow().tallyId()).isEqualTo(one.id());
                    databases.add(one.id());
                }
            }
        }
        for (Given each : atRest) {
            Token token = store.token(each.hash()).orElseThrow();
            assertThat(token.reserved()).as("at rest").isZero();
            assertThat(all.get(each.hash()))
                    .filteredOn(one -> one.phase().hasDatabase())
                    .extracting(one -> one.tally().orElseThrow().tallyId())
                    .containsExactlyInAnyOrderElementsOf(each.tallies().values());
        }
        return databases;
    }

    private static Map<String, Integer> trail(LedgerStore store) {
        Map<String, Integer> counted = new HashMap<>();
        Head head = Head.NONE;
        for (Entry entry : store.entries(0, MOST)) {
            assertThat(entry.isBehind(head)).as("entry %s", entry.number()).isTrue();
            head = entry.head();
            counted.merge(entry.event().kind() + " " + entry.event().redemption(), 1, Integer::sum);
        }
        assertThat(head).isEqualTo(store.head());
        return counted;
    }

    /** What the listener has of databases: each that the ledger has, and no other but one of the bootstrap that goes on. */
    private void databases(Set<String> known) throws IOException {
        Path directory = listener.directory.resolve("tallies").resolve("stock");
        Set<String> there = files(directory);
        Set<String> wanted = new TreeSet<>();
        known.forEach(name -> wanted.add(name + ".db"));
        assertThat(there).containsAll(wanted);
        there.removeAll(wanted);
        assertThat(there)
                .as("files of the one bootstrap that goes on")
                .hasSizeLessThanOrEqualTo(current == null ? 0 : 2);
        if (!known.isEmpty()) {
            whole(directory, known);
        }
    }

    private static void whole(Path directory, Set<String> names) {
        try (SqliteTallies tallies = SqliteTallies.open(directory, new SqliteTallies.Limits(MOST, 1L << 40, 0))) {
            for (String name : names) {
                assertThat(tallies.find(name)).as(name).isPresent();
            }
        }
    }

    /** Stops all in order, and looks at everything. */
    void end() throws IOException {
        for (Party each : List.of(stranger, dialer, listener)) {
            assertThat(each.running()
                            .ask("stop")
                            .orTimeout(120, TimeUnit.SECONDS)
                            .join())
                    .isEqualTo("stopped, 0 broken");
            each.running().end().join();
            assertThat(each.running().code()).isZero();
            verify(each.directory.resolve("log"));
        }
        exam();
        for (Party each : List.of(dialer, stranger)) {
            Set<String> names = new TreeSet<>();
            made(each).forEach(file -> names.add(file.substring(0, 26)));
            if (!names.isEmpty()) {
                whole(each.directory.resolve("tallies").resolve("foil"), names);
            }
        }
    }

    private static void verify(Path log) throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.readOnly(log)) {
            Replayer<NodeRoot> replayer = new Replayer<>(LogReader.open(storage, store()), store(), false);
            Replayer.Verified verified = replayer.verify(step -> {});
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.inputs()).isEqualTo(verified.last() - verified.first() + 1);
            replayer.close();
        }
    }

    private static Store<NodeRoot> store() {
        return NodeRoot.newStore(Extensions.of(new BootstrapExtension()));
    }

    @Override
    public void close() {
        spares.forEach(KilledProcess::close);
        for (Party each : List.of(listener, dialer, stranger)) {
            if (each.process != null) {
                each.process.close();
            }
        }
    }
}
