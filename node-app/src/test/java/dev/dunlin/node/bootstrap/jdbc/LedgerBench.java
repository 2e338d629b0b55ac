package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many uses of tokens are durably held a second; each is an update of the token, a redemption and an entry of the trail. */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
class LedgerBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final Bytes TOKEN = Hashes.sha256("token");
    private static final long NANOS = 1_000_000_000;

    @TempDir
    private Path folder = Path.of("");

    private int number;

    @Test
    void reservations() {
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve(SqliteLedger.FILE))) {
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
                    measure(ledger, round, atOnce);
                }
            }
        }
    }

    private void measure(SqliteLedger ledger, int round, int atOnce) {
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
                                    number + 1),
                            store);
                }
                return true;
            });
        }
        double seconds = (System.nanoTime() - begun) / (double) NANOS;
        FIGURES.info(String.format(
                Locale.ROOT,
                "round %d: %d at once: %.0f a second, %d redemptions in the file",
                round,
                atOnce,
                (number - before) / seconds,
                number));
    }
}
