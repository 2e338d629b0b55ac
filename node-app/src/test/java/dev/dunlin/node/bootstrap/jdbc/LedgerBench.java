package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many uses of tokens are durably held a second; each is an update of the token, a redemption and an entry of the trail. And how many databases are made. */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
class LedgerBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final Bytes TOKEN = Hashes.sha256("token");
    private static final long NANOS = 1_000_000_000;

    @TempDir
    private Path folder = Path.of("");

    private final AtomicInteger names = new AtomicInteger();
    private int number;

    /** Where the ledger is. */
    enum Engine {
        /** In a file. */
        SQLITE,
        /** In a server on this machine that forces what is committed to the disk. */
        POSTGRESQL
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void reservations(Engine engine) throws Exception {
        switch (engine) {
            case SQLITE -> {
                try (SqliteLedger ledger = SqliteLedger.open(folder.resolve(SqliteLedger.FILE))) {
                    measure(engine, ledger);
                }
            }
            case POSTGRESQL -> {
                PostgresServer server = PostgresServer.shared(true);
                try (PostgresLedger ledger = PostgresLedger.open(server.settings(server.database()))) {
                    measure(engine, ledger);
                }
            }
        }
    }

    /** How many schemas with their roles are made a second, by one and by several. */
    @Test
    void schemas() throws Exception {
        PostgresServer server = PostgresServer.shared(true);
        String database = server.database();
        try (PostgresTallies tallies = PostgresTallies.open(server.settings(database), 1 << 20, 1L << 50)) {
            for (int round = 1; round <= 3; round++) {
                for (int threads : new int[] {1, 8}) {
                    AtomicInteger made = new AtomicInteger();
                    long begun = System.nanoTime();
                    List<Thread> all = new ArrayList<>();
                    for (int i = 0; i < threads; i++) {
                        all.add(Thread.ofVirtual().start(() -> {
                            try {
                                while (System.nanoTime() - begun < 5 * NANOS) {
                                    Bytes hash = Hashes.sha256(database + " " + names.incrementAndGet());
                                    tallies.make(RedemptionNames.of(hash, "", ""), Role.STOCK);
                                    made.incrementAndGet();
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }));
                    }
                    for (Thread thread : all) {
                        thread.join();
                    }
                    double seconds = (System.nanoTime() - begun) / (double) NANOS;
                    FIGURES.info(String.format(
                            Locale.ROOT,
                            "round %d: schemas by %d: %.0f a second, %d there",
                            round,
                            threads,
                            made.get() / seconds,
                            names.get()));
                }
            }
        }
    }

    private void measure(Engine engine, Transactions ledger) {
        number = 0;
        ledger.in(store -> new Ledger(store, 1)
                .create(new Token(
                        TOKEN,
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
        for (int round = 1; round <= 3; round++) {
            for (int atOnce : new int[] {1, 64}) {
                measure(engine, ledger, round, atOnce);
            }
        }
    }

    private void measure(Engine engine, Transactions ledger, int round, int atOnce) {
        int before = number;
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < 5 * NANOS) {
            ledger.in(store -> {
                for (int i = 0; i < atOnce; i++) {
                    number++;
                    SessionEffects.answer(
                            new SessionEffect.Reserve(
                                    number,
                                    1,
                                    TOKEN,
                                    TypeArbitraries.peer(number % 1000),
                                    "key" + number,
                                    "redemption" + number,
                                    number,
                                    number + 1,
                                    true),
                            store);
                }
                return true;
            });
        }
        double seconds = (System.nanoTime() - begun) / (double) NANOS;
        FIGURES.info(String.format(
                Locale.ROOT,
                "%s, round %d: %d at once: %.0f a second, %d redemptions there",
                engine,
                round,
                atOnce,
                (number - before) / seconds,
                number));
    }
}
