package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger of a PostgreSQL server whose server or network fails. */
class PostgresLedgerTest {

    @SuppressWarnings("NullAway.Init") // begin() sets it
    private PostgresServer server;

    private String database = "";

    @BeforeEach
    void begin() throws SQLException {
        server = PostgresServer.shared();
        database = server.database();
    }

    private PostgresLedger open() {
        return PostgresLedger.open(server.settings(database));
    }

    // By one connection: another would commit what it begins with, and lose that.
    private PostgresSettings by(LossyProxy proxy) {
        PostgresSettings usual = server.settings(database, proxy.port());
        return new PostgresSettings(usual.url(), usual.user(), usual.password(), 1, usual.schema(), usual.publicHost());
    }

    private static Token token(int number) {
        return new Token(
                Hashes.sha256("token " + number),
                Role.STOCK,
                Optional.of(1),
                100,
                "",
                Optional.empty(),
                false,
                "",
                1,
                Optional.empty(),
                0,
                0,
                0);
    }

    private static boolean create(PostgresLedger ledger, int number) {
        return ledger.in(store -> new Ledger(store, 1).create(token(number)));
    }

    private static List<Token> tokens(PostgresLedger ledger) {
        return ledger.in(store -> store.tokens(Optional.empty(), 100));
    }

    private void restart() {
        try {
            server.crash();
            server.begin();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aServerThatDiesInTheMidstLeavesNothing() {
        try (PostgresLedger ledger = open()) {
            create(ledger, 1);
            assertThatThrownBy(() -> ledger.in(store -> {
                        new Ledger(store, 1).create(token(2));
                        restart();
                        return new Ledger(store, 1).create(token(3));
                    }))
                    .isInstanceOf(LedgerException.class)
                    .hasMessage(
                            "PostgreSQL at 127.0.0.1:" + server.port() + "/" + database + " has closed the connection");
            assertThat(tokens(ledger)).containsExactly(token(1));
            assertThat(create(ledger, 2)).isTrue();
        }
    }

    @Test
    void aServerThatWasRestartedMeanwhileIsNotNoticed() {
        try (PostgresLedger ledger = open()) {
            for (int number = 1; number <= 3; number++) {
                assertThat(create(ledger, number)).isTrue();
                restart();
            }
            assertThat(tokens(ledger)).hasSize(3);
        }
    }

    /** The server knows what became of it; the work is not done again. */
    @Test
    void aCommitWhoseAnswerIsLostIsLookedFor() throws Exception {
        try (LossyProxy proxy = new LossyProxy(server.port());
                PostgresLedger ledger = PostgresLedger.open(by(proxy))) {
            assertThat(tokens(ledger)).isEmpty();
            proxy.loses(LossyProxy.Lost.ANSWER);
            assertThat(create(ledger, 1)).isTrue();
            assertThat(proxy.hasLost()).isTrue();
            assertThat(tokens(ledger)).containsExactly(token(1));
            proxy.loses(LossyProxy.Lost.QUESTION);
            assertThatThrownBy(() -> create(ledger, 2))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("has closed the connection");
            assertThat(tokens(ledger)).containsExactly(token(1));
        }
    }

    @Test
    void whereNobodyCanSayWhatBecameOfItThatIsTold() throws Exception {
        try (LossyProxy proxy = new LossyProxy(server.port());
                PostgresLedger ledger = PostgresLedger.open(by(proxy))) {
            assertThat(tokens(ledger)).isEmpty();
            proxy.loses(LossyProxy.Lost.SERVER);
            assertThatThrownBy(() -> create(ledger, 1))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("whether the last transaction is kept is not known");
        }
        try (PostgresLedger ledger = open()) {
            assertThat(tokens(ledger)).containsExactly(token(1));
        }
    }

    @Test
    void aServerThatIsGoneIsToldInTimeAndThenAtOnce() throws Exception {
        try (LossyProxy proxy = new LossyProxy(server.port());
                PostgresLedger ledger = PostgresLedger.open(by(proxy))) {
            proxy.close();
            assertThatThrownBy(() -> create(ledger, 1)).isInstanceOf(LedgerException.class);
            long begun = System.nanoTime();
            for (int i = 0; i < 64; i++) {
                assertThatThrownBy(() -> create(ledger, 1))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("cannot be reached: see that it runs, and that the URL is right");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    void aTransactionThatDoesNotEndIsTold() {
        try (PostgresLedger ledger = open();
                PostgresLedger beside = open()) {
            String said = ledger.in(store ->
                    String.valueOf(catchThrowable(() -> create(beside, 1)).getMessage()));
            assertThat(said).contains("another transaction goes on for more than 5 s: see in pg_stat_activity");
            assertThat(create(beside, 1)).isTrue();
        }
    }

    @Test
    void whatIsWrongWithTheSettingsIsOneSentenceWithoutThePassword() throws IOException {
        PostgresSettings right = server.settings(database);
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        assertTold(server.settings(database, nobody), "cannot be reached");
        assertTold(server.settings("nowhere"), "has no such database: make it, owned by dunlin");
        assertTold(
                new PostgresSettings(right.url(), "dunlin", "wr0ng", 1, "dunlin", Optional.empty()),
                "does not take the user dunlin with this password");
        assertTold(
                new PostgresSettings(
                        right.url().replace(database, "postgres"),
                        "dunlin",
                        right.password(),
                        1,
                        "dunlin",
                        Optional.empty()),
                "does not let the user dunlin do this, permission denied for database postgres: grant CREATE");
    }

    private static void assertTold(PostgresSettings settings, String said) {
        Throwable thrown = catchThrowable(() -> PostgresLedger.open(settings));
        assertThat(thrown).isInstanceOf(LedgerException.class).hasMessageContaining(said);
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain(settings.password());
        }
        assertThat(settings.toString()).doesNotContain(settings.password()).contains("user dunlin");
    }
}
