package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Event;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.RedemptionKey;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * A ledger in a database is one in memory: whatever is asked, it says and keeps the same, also after it was opened anew.
 *
 * @param <L> the ledger
 */
abstract class LedgerContract<L extends Transactions & AutoCloseable> {

    /** Opens the one of this try, which is empty at its begin; also beside one that is open. */
    abstract L open();

    /** A connection to its tables, past the ledger. */
    abstract Connection past() throws SQLException;

    /** Puts tables of another program where the ledger would be; what is said of them then. */
    abstract String anotherPrograms() throws SQLException;

    /** Makes the ledger one of a later version. */
    abstract void later() throws SQLException;

    /** Removes all that {@link #open} has made. */
    abstract void clear() throws SQLException;

    /** What drops the trigger by which the trail is not changed. */
    abstract String dropTrigger();

    private static Token token(int number, long now) {
        return new Token(
                Hashes.sha256("token " + number),
                number % 2 == 0 ? Role.STOCK : Role.FOIL,
                number == 0 ? Optional.empty() : Optional.of(number),
                now + 40,
                "requirements of \"it\"; --",
                number == 3 ? Optional.of(TypeArbitraries.peer(1)) : Optional.empty(),
                number == 2,
                "für den Händler",
                now,
                Optional.empty(),
                0,
                0,
                0);
    }

    /** One of the things that can be asked, by its draw. */
    private static Function<LedgerStore, Object> asked(int draw, int step, List<String> names) {
        long now = 1000 + step;
        PeerId peer = TypeArbitraries.peer(1 + draw / 10 % 2);
        Bytes token = Hashes.sha256("token " + draw / 20 % 4);
        String name = names.isEmpty() ? "none" : names.get(draw % names.size());
        return store -> {
            Ledger ledger = new Ledger(store, now);
            return switch (draw % 10) {
                case 0, 1, 2 -> {
                    String id = "redemption" + step;
                    names.add(id);
                    yield ledger.reserve(new Ledger.Wish(
                            token, peer, draw % 3 == 0 ? "key" : "", id, step, now + 20, draw % 7 != 0));
                }
                case 3 -> ledger.provisioning(name, step);
                case 4, 5 -> ledger.provisioned(name, step, new Tally("t" + step, Role.STOCK, "x:y", ""), now + 20);
                case 6 -> ledger.delivered(name, step);
                case 7 -> ledger.release(name, step, "TIMEOUT", draw % 4 == 0);
                case 8 -> draw % 5 == 0 ? ledger.revoke(token) : ledger.abandon(name);
                default -> ledger.create(token(draw / 20 % 4, now));
            };
        };
    }

    private record Content(List<Token> tokens, List<Object> redemptions, List<String> begun, List<Entry> trail) {

        static Content of(LedgerStore store) {
            List<Object> redemptions = new ArrayList<>();
            for (Phase phase : Phase.values()) {
                redemptions.addAll(store.ended(phase, Long.MAX_VALUE, 1000));
            }
            List<Entry> trail = store.entries(0, 10_000);
            List<String> begun = trail.stream()
                    .map(entry -> entry.event().redemption())
                    .distinct()
                    .filter(store::isBegun)
                    .toList();
            return new Content(store.tokens(Optional.empty(), 1000), redemptions, begun, trail);
        }
    }

    @Property(tries = 20)
    void saysAndKeepsWhatOneInMemoryDoes(@ForAll @Size(max = 60) List<@IntRange(max = 79) Integer> draws)
            throws Exception {
        MemoryLedger memory = new MemoryLedger();
        L stored = open();
        for (int number = 0; number < 3; number++) {
            Token token = token(number, 1000);
            memory.inTransaction(store -> new Ledger(store, 1000).create(token));
            stored.in(store -> new Ledger(store, 1000).create(token));
        }
        List<String> ofMemory = new ArrayList<>();
        List<String> ofStored = new ArrayList<>();
        for (int step = 0; step < draws.size(); step++) {
            int draw = draws.get(step);
            Object expected = memory.inTransaction(asked(draw, step, ofMemory));
            Object said = stored.in(asked(draw, step, ofStored));
            assertThat(said).isEqualTo(expected);
            if (draw == 42) {
                stored.close();
                stored = open();
            }
        }
        stored.close();
        try (L again = open()) {
            Content kept = again.in(Content::of);
            assertThat(kept).isEqualTo(memory.inTransaction(Content::of));
            Function<LedgerStore, List<Token>> page = store -> store.tokens(Optional.of(Hashes.sha256("token 1")), 1);
            List<Token> some = again.in(page);
            assertThat(some).isEqualTo(memory.inTransaction(page));
        }
    }

    @Example
    void whatThrowsLeavesNothing() throws Exception {
        try (L ledger = open()) {
            ledger.in(store -> new Ledger(store, 1).create(token(1, 1)));
            assertThatThrownBy(() -> ledger.in(store -> {
                        new Ledger(store, 1).create(token(2, 1));
                        throw new IllegalStateException("the rules have a bug");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            List<Token> tokens = ledger.in(store -> store.tokens(Optional.empty(), 10));
            assertThat(tokens).hasSize(1);
            List<Entry> trail = ledger.in(store -> store.entries(0, 10));
            assertThat(trail).hasSize(1);
        }
    }

    /** Not even rules with a bug use a token more often than it may be. */
    @Example
    void theTablesThemselvesRefuseWhatMayNotBe() throws Exception {
        try (L ledger = open()) {
            Token token = token(1, 1);
            assertThatThrownBy(() -> ledger.in(store -> {
                        store.put(new Token(
                                token.hash(),
                                token.role(),
                                token.maxUses(),
                                1,
                                "",
                                Optional.empty(),
                                false,
                                "",
                                1,
                                Optional.empty(),
                                1,
                                1,
                                0));
                        return true;
                    }))
                    .isInstanceOf(LedgerException.class);
            Optional<Token> found = ledger.in(store -> store.token(token.hash()));
            assertThat(found).isEmpty();
        }
    }

    @Example
    void theTrailIsOnlyAddedToAndAChangeBehindItsBackIsSeen() throws Exception {
        try (L ledger = open()) {
            for (int i = 0; i < 3; i++) {
                String kind = "event" + i;
                ledger.in(store -> {
                    new Ledger(store, 1).append(new Event(kind, 0, "", "", "", "", "", 1));
                    return true;
                });
            }
            try (Connection other = past();
                    Statement statement = other.createStatement()) {
                assertThatThrownBy(() -> statement.execute("UPDATE trail SET kind = 'x' WHERE number = 2"))
                        .isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> statement.execute("DELETE FROM trail")).isInstanceOf(SQLException.class);
                statement.execute(dropTrigger());
                statement.execute("UPDATE trail SET kind = 'x' WHERE number = 2");
            }
            List<Entry> trail = ledger.in(store -> store.entries(0, 10));
            assertThat(trail.get(1).isBehind(trail.get(0).head())).isFalse();
        }
    }

    @Example
    void whatIsAnotherProgramsOrALaterVersionsIsNotTouched() throws Exception {
        String said = anotherPrograms();
        assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining(said);
        clear();
        open().close();
        later();
        assertThatThrownBy(this::open)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(
                        "is of a later version of this program: its tables have the version 99, and this one knows ");
    }

    /** Whatever the language of the machine or of the database is. */
    @Example
    void namesAreInTheOrderOfTheirBytes() throws Exception {
        List<String> names = List.of("b2", "B", "ä", "a", "_", "zz", "Zz", "b", "b-2", "A", "10", "9");
        try (L ledger = open()) {
            ledger.in(store -> new Ledger(store, 1).create(token(0, 1)));
            for (String name : names) {
                ledger.in(store -> {
                    RedemptionKey key = new RedemptionKey(token(0, 1).hash(), TypeArbitraries.peer(1), name);
                    store.put(new Redemption(name, key, Phase.RESERVED, 1, 5, Optional.empty()));
                    return true;
                });
            }
            List<Redemption> ended = ledger.in(store -> store.ended(Phase.RESERVED, 5, 100));
            assertThat(ended)
                    .extracting(Redemption::id)
                    .containsExactlyElementsOf(names.stream().sorted().toList());
        }
    }

    /** As two nodes do that share a ledger: each entry is behind the one before. */
    @Example
    void twoThatAreOpenDoNotForkTheTrail() throws Exception {
        try (L ledger = open();
                L beside = open()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                L own = i % 2 == 0 ? ledger : beside;
                String kind = "event" + i;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int session = 1; session <= 25; session++) {
                        Event event = new Event(kind, session, "", "", "", "", "", 1);
                        own.in(store -> {
                            new Ledger(store, 1).append(event);
                            return true;
                        });
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            List<Entry> trail = ledger.in(store -> store.entries(0, 1000));
            assertThat(trail).hasSize(200);
            Head head = Head.NONE;
            for (Entry entry : trail) {
                assertThat(entry.isBehind(head)).isTrue();
                head = entry.head();
            }
        }
    }

    /** Threads that race for a token that is good once: one has it, whoever comes first. */
    @Example
    void oneOfManyWins() throws Exception {
        try (L ledger = open();
                L beside = open()) {
            ledger.in(store -> new Ledger(store, 1).create(token(1, 1)));
            AtomicInteger granted = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int number = i;
                threads.add(Thread.ofVirtual().start(() -> {
                    Ledger.Decision decision = (number % 2 == 0 ? ledger : beside)
                            .in(store -> new Ledger(store, 2)
                                    .reserve(new Ledger.Wish(
                                            token(1, 1).hash(),
                                            TypeArbitraries.peer(number),
                                            "",
                                            "redemption" + number,
                                            number,
                                            10,
                                            true)));
                    if (decision instanceof Ledger.Decision.Granted) {
                        granted.incrementAndGet();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(granted).hasValue(1);
            List<Entry> trail = ledger.in(store -> store.entries(0, 100));
            assertThat(trail).hasSize(65);
        }
    }
}
