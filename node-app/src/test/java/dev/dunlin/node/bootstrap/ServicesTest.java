package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.MemoryVault;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The bounds of what carries out the effects of sessions, and that a failure harms nobody else. */
@Timeout(60)
class ServicesTest {

    private final Map<ActionId, Action> answers = new ConcurrentHashMap<>();

    private final Port port = new Port() {
        @Override
        public void answer(ActionId request, Action fact) {
            if (answers.put(request, fact) != null) {
                throw new AssertionError(request + " is answered twice");
            }
        }

        @Override
        public <A extends Action & Action.EndsHandle> void ended(A fact) {
            throw new AssertionError("no handle is closed");
        }

        @Override
        public Offer offer(Action fact) {
            throw new AssertionError("nothing is offered");
        }
    };

    private static final Databases NONE = new Databases() {
        @Override
        public Optional<Tally> find(String redemption) {
            return Optional.empty();
        }

        @Override
        public void remove(String redemption) {
            // There is none.
        }

        @Override
        public List<String> names(String after, int most) {
            return List.of();
        }
    };

    private static SessionEffect.Tell tell(int number) {
        return new SessionEffect.Tell("peer " + number, Bytes.EMPTY, Code.RATE_LIMITED, 1, number);
    }

    private static SessionEffect.Reserve reserve(int number) {
        return new SessionEffect.Reserve(
                number, 1, Hashes.sha256("t"), TypeArbitraries.peer(1), "", "redemption" + number, 1, 2, true);
    }

    @Test
    void whoHasAPlaceDoesNotWaitBehindThoseWhoCome() {
        MemoryLedger ledger = new MemoryLedger();
        ledger.inTransaction(store -> new Ledger(store, 1)
                .create(new Token(
                        Hashes.sha256("t"),
                        Role.STOCK,
                        Optional.empty(),
                        Long.MAX_VALUE,
                        "",
                        Optional.empty(),
                        false,
                        "",
                        1,
                        Optional.empty(),
                        0,
                        0,
                        0)));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch begin = new CountDownLatch(1);
        Transactions waiting = new Transactions() {
            @Override
            public <T> T in(Function<LedgerStore, T> work) {
                begun.countDown();
                await(begin);
                return ledger.inTransaction(work);
            }
        };
        try (LedgerService service = new LedgerService(waiting, NONE, port, 1)) {
            SessionEffect.Reserve held = reserve(1);
            service.carryOut(new ActionId(1, 1), held);
            await(begun);
            for (int i = 2; i <= 500; i++) {
                service.carryOut(new ActionId(i, 1), tell(i));
            }
            service.carryOut(new ActionId(501, 1), new SessionEffect.Announce(1, 2, held.redemption(), 1));
            begin.countDown();
        }
        assertThat(answers.get(new ActionId(501, 1))).isEqualTo(new SessionAction.Announced(1, 2, true));
        List<String> kinds = ledger.inTransaction(store -> store.entries(0, 1000)).stream()
                .map(entry -> entry.event().kind())
                .toList();
        assertThat(kinds.subList(0, 3)).containsExactly("created", "reserved", "provisioning");
    }

    @Test
    void whatIsAskedFirstIsDoneFirstAndManyInOneTransaction() {
        MemoryLedger ledger = new MemoryLedger();
        AtomicInteger transactions = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        Transactions counted = new Transactions() {
            @Override
            public <T> T in(Function<LedgerStore, T> work) {
                await(begin);
                transactions.incrementAndGet();
                return ledger.inTransaction(work);
            }
        };
        try (LedgerService service = new LedgerService(counted, NONE, port, 1)) {
            for (int i = 1; i <= 1000; i++) {
                service.carryOut(new ActionId(i, 1), tell(i));
            }
            begin.countDown();
        }
        List<Entry> trail = ledger.inTransaction(store -> store.entries(0, 2000));
        assertThat(trail).hasSize(1000);
        for (int i = 1; i <= 1000; i++) {
            assertThat(trail.get(i - 1).event().peer()).isEqualTo("peer " + i);
        }
        assertThat(transactions.get()).isBetween(16, 40);
    }

    @Test
    void oneThatFailsHarmsNoOtherOfItsTransactionAndIsAnswered() {
        MemoryLedger ledger = new MemoryLedger();
        CountDownLatch begin = new CountDownLatch(1);
        Transactions failing = new Transactions() {
            @Override
            public <T> T in(Function<LedgerStore, T> work) {
                await(begin);
                return ledger.inTransaction(store -> {
                    T given = work.apply(store);
                    boolean isThere = store.entries(0, 100).stream()
                            .anyMatch(entry -> entry.event().session() == 13);
                    if (isThere) {
                        throw new LedgerException("the disk is full", new IllegalStateException());
                    }
                    return given;
                });
            }
        };
        try (LedgerService service = new LedgerService(failing, NONE, port, 1)) {
            for (int i = 1; i <= 20; i++) {
                service.carryOut(new ActionId(i, 1), reserve(i));
            }
            begin.countDown();
        }
        assertThat(answers).hasSize(20);
        answers.forEach((request, answer) -> {
            if (request.input() == 13) {
                assertThat(answer)
                        .isEqualTo(new SessionAction.Failed(
                                13, 1, Code.INTERNAL, "the ledger cannot be read or written: the disk is full"));
            } else {
                assertThat(answer).isInstanceOf(SessionAction.Decided.class);
            }
        });
    }

    @Test
    void aLedgerThatIsClosedRefusesWhatComes() {
        LedgerService service = new LedgerService(new MemoryLedger()::inTransaction, NONE, port, 1);
        service.close();
        service.close();
        service.carryOut(new ActionId(1, 1), reserve(1));
        assertThat(answers.get(new ActionId(1, 1)))
                .isInstanceOfSatisfying(
                        SessionAction.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo(Code.OVERLOADED));
        assertThat(service.dropped()).isEqualTo(1);
    }

    @Test
    void aVaultKeepsNoMoreThanItsBytesAndOneKindTakesNothingOfTheOther() {
        MemoryVault vault = new MemoryVault(10_000);
        Bytes token = vault.keep(Vault.Kind.TOKEN, "token");
        List<Bytes> identities = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            identities.add(vault.keep(Vault.Kind.IDENTITY, "{\"number\": " + i + "}"));
            assertThat(vault.bytes(Vault.Kind.IDENTITY)).isLessThanOrEqualTo(10_000);
        }
        assertThat(vault.find(Vault.Kind.TOKEN, token)).contains("token");
        assertThat(vault.find(Vault.Kind.IDENTITY, identities.getFirst())).isEmpty();
        assertThat(vault.find(Vault.Kind.IDENTITY, identities.getLast())).contains("{\"number\": 999}");
        // The same again takes no more room.
        long bytes = vault.bytes(Vault.Kind.IDENTITY);
        vault.keep(Vault.Kind.IDENTITY, "{\"number\": 999}");
        assertThat(vault.bytes(Vault.Kind.IDENTITY)).isEqualTo(bytes);
        vault.keep(Vault.Kind.IDENTITY, "x".repeat(20_000));
        assertThat(vault.bytes(Vault.Kind.IDENTITY)).isZero();
    }

    @Test
    void aCallThatDoesNotEndKeepsItsPlaceAndOthersAreToldThatThereIsNone() {
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean wasInterrupted = new AtomicBoolean();
        HookThreads threads = new HookThreads("test", 2);
        assertThat(threads.run(1, () -> {
                    while (end.getCount() > 0) {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            wasInterrupted.set(true);
                        }
                    }
                }))
                .isTrue();
        assertThat(threads.run(2, () -> await(end))).isTrue();
        assertThat(threads.run(3, () -> {})).isFalse();
        threads.stop(1);
        BootstrapNode.await(wasInterrupted::get);
        assertThat(threads.run(3, () -> {})).isFalse();
        end.countDown();
        BootstrapNode.await(() -> threads.running() == 0);
        assertThat(threads.run(3, () -> {})).isTrue();
        threads.close();
        assertThat(threads.run(4, () -> {})).isFalse();
    }

    /** Nobody is warned of a hook that was told to stop, and did; of one that failed by itself somebody is. */
    @Test
    void aHookThatWasStoppedHasNotFailed() {
        Logger logger = (Logger) LoggerFactory.getLogger(HookCalls.class);
        Level level = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        try (HookCalls calls = new HookCalls(port, "database", 2)) {
            CountDownLatch begun = new CountDownLatch(1);
            ask(calls, 1, () -> {
                begun.countDown();
                new CountDownLatch(1).await();
                return "never";
            });
            await(begun);
            calls.stop(1);
            BootstrapNode.await(() -> answers.containsKey(new ActionId(1, 1)));
            ask(calls, 2, () -> {
                throw new IllegalStateException("the disk is full");
            });
            BootstrapNode.await(() -> answers.containsKey(new ActionId(2, 1)));
        } finally {
            logger.detachAppender(told);
            logger.setLevel(level);
        }
        assertThat(answers)
                .hasSize(2)
                .allSatisfy((request, answer) -> assertThat(answer).isInstanceOf(SessionAction.Failed.class));
        assertThat(told.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "database 2: the hook to make a database failed: java.lang.IllegalStateException: the disk is full");
    }

    private static void ask(HookCalls calls, int session, Callable<String> hook) {
        calls.ask(
                session,
                new ActionId(session, 1),
                "make a database",
                hook,
                said -> new SessionAction.Judged(session, 1, true),
                why -> new SessionAction.Failed(session, 1, Code.PROVISION_FAILED, why),
                new SessionAction.Failed(session, 1, Code.OVERLOADED, "full"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
