package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Event;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.Ledger.Decision;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.Refusal;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.node.bootstrap.LedgerService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that race for a token that is good once: 64 at the same moment, each as sessions ask their ledger. Those of a server's database are of
 * two nodes that share it. {@code -Ddunlin.races=10000} runs more races than a build does, and tells how far they are.
 */
class RaceTest {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int USUAL = 12;
    private static final int RACES = Integer.getInteger("dunlin.races", USUAL);
    private static final int RACERS = 64;
    private static final int BAR = 50;
    private static final String KEY = "key-of-16-characters-1";
    private static final long NANOS = 1_000_000_000;

    @TempDir
    private Path folder = Path.of("");

    private final AtomicLong sessions = new AtomicLong();

    /** Where the ledger is. */
    enum Engine {
        /** In a file. */
        SQLITE,
        /** In a server on this machine. */
        POSTGRESQL
    }

    /** One of the nodes, as far as its sessions ask the ledger. */
    private static final class Node implements Port, AutoCloseable {

        private static final Databases NONE = new Databases() {
            @Override
            public Optional<Tally> find(String redemption) {
                throw new AssertionError("nobody sweeps");
            }

            @Override
            public void remove(String redemption) {
                throw new AssertionError("nobody sweeps");
            }

            @Override
            public List<String> names(String after, int most) {
                throw new AssertionError("nobody sweeps");
            }
        };

        private final Map<ActionId, CompletableFuture<Action>> awaited = new ConcurrentHashMap<>();
        private final AtomicLong asked = new AtomicLong();
        private final LedgerService service;

        Node(Transactions ledger) {
            service = new LedgerService(ledger, NONE, this, 1);
        }

        private ActionId next() {
            return new ActionId(asked.incrementAndGet(), 1);
        }

        /** What the ledger answers. */
        <A extends SessionAction> A ask(SessionEffect.OfLedger effect, Class<A> type) throws Exception {
            ActionId id = next();
            CompletableFuture<Action> answer = new CompletableFuture<>();
            awaited.put(id, answer);
            service.carryOut(id, effect);
            Action given = answer.get(1, TimeUnit.MINUTES);
            assertThat(given).isInstanceOf(type);
            return type.cast(given);
        }

        /** Nobody waits for it. */
        void tell(SessionEffect.OfLedger effect) {
            service.carryOut(next(), effect);
        }

        @Override
        public void answer(ActionId request, Action fact) {
            Objects.requireNonNull(awaited.remove(request)).complete(fact);
        }

        @Override
        public <A extends Action & Action.EndsHandle> void ended(A fact) {
            throw new AssertionError("no handle is closed");
        }

        @Override
        public Offer offer(Action fact) {
            throw new AssertionError("nothing is offered");
        }

        @Override
        public void close() {
            service.close();
        }
    }

    /** What one of the racers has seen in the end. */
    private record Seen(boolean isWinner, Decision decision) {}

    /** One session, from its token to its end, as {@code SessionReducer} asks it. */
    private final class Racer implements Callable<Seen> {

        private final Node node;
        private final PeerId peer;
        private final Bytes token;
        private final CyclicBarrier start;
        private final CompletableFuture<Boolean> first;
        private final long session = sessions.incrementAndGet();

        Racer(Node node, PeerId peer, Bytes token, CyclicBarrier start, CompletableFuture<Boolean> first) {
            this.node = node;
            this.peer = peer;
            this.token = token;
            this.start = start;
            this.first = first;
        }

        @Override
        public Seen call() throws Exception {
            start.await(1, TimeUnit.MINUTES);
            Decision decision = reserved(1);
            if (decision instanceof Decision.Running) {
                // As sessions of one redemption do: they ask again when the one that goes on is so far.
                first.get(1, TimeUnit.MINUTES);
                decision = reserved(2);
            }
            switch (decision) {
                case Decision.Granted(Redemption redemption, Token _) -> {
                    won(redemption.id());
                    return new Seen(true, decision);
                }
                case Decision.Replayed(Redemption redemption, Token _) -> finished(redemption.id(), Code.SUCCESS);
                case Decision.Refused _ -> finished("", Code.INVALID_TOKEN);
                case Decision.Running _ -> throw new AssertionError("the one that goes on has ended");
                case Decision.NoPlace() -> throw new AssertionError("there is a place for each");
            }
            return new Seen(false, decision);
        }

        private Decision reserved(int step) throws Exception {
            String name = RedemptionNames.of(token, peer.toString(), session + " " + step);
            return node.ask(
                            new SessionEffect.Reserve(
                                    session, step, token, peer, KEY, name, session, session + NANOS, true),
                            SessionAction.Decided.class)
                    .decision();
        }

        private void won(String redemption) throws Exception {
            try {
                boolean isHeld = node.ask(
                                new SessionEffect.Announce(session, 3, redemption, session),
                                SessionAction.Announced.class)
                        .isHeld();
                assertThat(isHeld).isTrue();
                isHeld = node.ask(
                                new SessionEffect.Record(
                                        session,
                                        4,
                                        redemption,
                                        new Tally("tally-" + session, Role.STOCK, "db://here", ""),
                                        session,
                                        session + NANOS),
                                SessionAction.Recorded.class)
                        .isHeld();
                assertThat(isHeld).isTrue();
                finished(redemption, Code.SUCCESS);
            } finally {
                first.complete(true);
            }
        }

        private void finished(String redemption, Code code) {
            node.tell(new SessionEffect.Finish(
                    session, peer, token, redemption, code, "SENDING_RESPONSE", 1_000, session));
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void ofManyPeersThatRaceForAUseOneHasIt(Engine engine) throws Exception {
        on(engine, "many peers", true);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void onePeerThatComesManyTimesAtOnceUsesItOnceAndIsAnsweredAlike(Engine engine) throws Exception {
        on(engine, "one peer", false);
    }

    private void on(Engine engine, String who, boolean isOfMany) throws Exception {
        String what = engine + ", " + who;
        switch (engine) {
            case SQLITE -> {
                Path file = folder.resolve(SqliteLedger.FILE);
                races(what, isOfMany, 1, () -> SqliteLedger.open(file));
            }
            case POSTGRESQL -> {
                PostgresServer server = PostgresServer.shared();
                PostgresSettings settings = server.settings(server.database());
                races(what, isOfMany, 2, () -> PostgresLedger.open(settings));
            }
        }
    }

    private <L extends Transactions & AutoCloseable> void races(
            String what, boolean isOfMany, int nodes, Supplier<L> opened) throws Exception {
        long begun = System.nanoTime();
        try (L ledger = opened.get();
                L beside = opened.get();
                Node one = new Node(ledger);
                Node other = new Node(beside);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int race = 1; race <= RACES; race++) {
                race(race, isOfMany, ledger, List.of(one, other).subList(0, nodes), threads);
                if (RACES > USUAL && race % Math.max(1, RACES / BAR) == 0) {
                    tell(what, race, begun);
                }
            }
        }
        double seconds = (System.nanoTime() - begun) / (double) NANOS;
        try (L again = opened.get()) {
            assertWhole(again, isOfMany);
        }
        if (RACES > USUAL) {
            FIGURES.info(String.format(
                    "%s: %d races of %d in %.1f s, %d tries a second; one use each, the trail is whole",
                    what, RACES, RACERS, seconds, Math.round(RACES * RACERS / seconds)));
        }
    }

    private static void tell(String what, int race, long begun) {
        int full = (int) ((long) BAR * race / RACES);
        long passed = System.nanoTime() - begun;
        FIGURES.info(String.format(
                "%s [%s%s] %d of %d, %d s left",
                what, "#".repeat(full), " ".repeat(BAR - full), race, RACES, passed / race * (RACES - race) / NANOS));
    }

    private void race(int race, boolean isOfMany, Transactions ledger, List<Node> nodes, ExecutorService threads)
            throws Exception {
        Bytes hash = Hashes.sha256("token " + race);
        Token token = new Token(
                hash,
                Role.STOCK,
                Optional.of(1),
                Long.MAX_VALUE,
                "",
                Optional.empty(),
                false,
                "",
                1,
                Optional.empty(),
                0,
                0,
                0);
        boolean isNew = ledger.in(store -> new Ledger(store, 1).create(token));
        assertThat(isNew).isTrue();
        CyclicBarrier start = new CyclicBarrier(RACERS);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        List<Racer> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            PeerId peer = TypeArbitraries.peer(isOfMany ? i : race);
            racers.add(new Racer(nodes.get(i % nodes.size()), peer, hash, start, first));
        }
        List<Seen> seen = new ArrayList<>();
        for (Future<Seen> each : threads.invokeAll(racers)) {
            seen.add(each.get());
        }
        List<Redemption> won = seen.stream()
                .filter(Seen::isWinner)
                .map(one -> ((Decision.Granted) one.decision()).redemption())
                .toList();
        assertThat(won).as("winners of race " + race).hasSize(1);
        Redemption winner = won.getFirst();
        // What is asked behind the ends of all sessions is answered when they are written down.
        for (Node node : nodes) {
            boolean isHeld = node.ask(new SessionEffect.Announce(0, 0, winner.id(), 1), SessionAction.Announced.class)
                    .isHeld();
            assertThat(isHeld).as("it is past that").isFalse();
        }
        Redemption kept = ledger.in(store -> store.redemption(winner.id())).orElseThrow();
        assertThat(kept.phase()).isEqualTo(Phase.DELIVERED);
        List<Decision> others =
                seen.stream().filter(one -> !one.isWinner()).map(Seen::decision).toList();
        if (isOfMany) {
            assertThat(others)
                    .hasSize(RACERS - 1)
                    .isEqualTo(Collections.nCopies(RACERS - 1, new Decision.Refused(Refusal.USED)));
        } else {
            assertThat(others)
                    .hasSize(RACERS - 1)
                    .allSatisfy(decision -> assertThat(decision)
                            .isInstanceOfSatisfying(Decision.Replayed.class, replayed -> {
                                assertThat(replayed.redemption().id()).isEqualTo(winner.id());
                                assertThat(replayed.redemption().tally()).isEqualTo(kept.tally());
                            }));
        }
        Token after = ledger.in(store -> store.token(hash)).orElseThrow();
        assertThat(after.uses()).isEqualTo(1);
        assertThat(after.reserved()).isZero();
    }

    /** Each entry of the trail is behind the one before; each token has one use, and nothing is held. */
    private static void assertWhole(Transactions ledger, boolean isOfMany) {
        Map<String, Integer> kinds = new TreeMap<>();
        Head head = Head.NONE;
        List<Entry> page = ledger.in(store -> store.entries(0, 1_000));
        while (!page.isEmpty()) {
            for (Entry entry : page) {
                assertThat(entry.isBehind(head)).isTrue();
                head = entry.head();
                Event event = entry.event();
                kinds.merge((event.kind() + " " + event.code()).strip(), 1, Integer::sum);
            }
            long last = head.number();
            page = ledger.in(store -> store.entries(last, 1_000));
        }
        Map<String, Integer> expected = new TreeMap<>(Map.of(
                "created", RACES, "reserved", RACES, "provisioning", RACES, "provisioned", RACES, "delivered", RACES));
        int others = RACES * (RACERS - 1);
        if (isOfMany) {
            expected.putAll(
                    Map.of("refused INVALID_TOKEN", others, "ended INVALID_TOKEN", others, "ended SUCCESS", RACES));
        } else {
            expected.putAll(Map.of("replayed", others, "ended SUCCESS", RACES * RACERS));
        }
        assertThat(kinds).isEqualTo(expected);

        int tokens = 0;
        Optional<Bytes> after = Optional.empty();
        List<Token> some;
        do {
            Optional<Bytes> from = after;
            some = ledger.in(store -> store.tokens(from, 1_000));
            for (Token token : some) {
                assertThat(token.uses()).isEqualTo(1);
                assertThat(token.reserved()).isZero();
                tokens++;
                after = Optional.of(token.hash());
            }
        } while (!some.isEmpty());
        assertThat(tokens).isEqualTo(RACES);
        for (Phase phase : Phase.values()) {
            if (phase != Phase.DELIVERED) {
                List<Redemption> held = ledger.in(store -> store.ended(phase, Long.MAX_VALUE, 1));
                assertThat(held).isEmpty();
            }
        }
    }
}
