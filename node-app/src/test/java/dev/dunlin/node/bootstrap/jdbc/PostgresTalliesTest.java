package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.DatabaseException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases of tallies in a PostgreSQL server, made by a role that is no superuser. */
class PostgresTalliesTest {

    private static final long PLENTY = 1L << 40;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init") // begin() sets it
    private PostgresServer server;

    private String database = "";

    @BeforeEach
    void begin() throws SQLException {
        server = PostgresServer.shared();
        database = server.database();
    }

    private PostgresTallies open() {
        return open(100, PLENTY);
    }

    private PostgresTallies open(long maxDatabases, long maxBytes) {
        return PostgresTallies.open(server.settings(database), maxDatabases, maxBytes);
    }

    // Roles are the server's: each test has names of its own.
    private String name(int number) {
        return RedemptionNames.of(Hashes.sha256(database), "peer", "key" + number);
    }

    /** As who has been given the endpoint and the password. */
    private Connection connect(PostgresTallies tallies, Tally tally) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + tally.endpoint(),
                tally.credentialsRef(),
                tallies.password(tally.tallyId()).orElseThrow());
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = server.connect(database, PostgresSettings.SCHEMA);
                Statement statement = connection.createStatement();
                ResultSet from = statement.executeQuery(sql)) {
            from.next();
            return from.getLong(1);
        }
    }

    private long traces(String name) throws SQLException {
        return count("SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'tally_" + name + "')"
                + " + (SELECT count(*) FROM pg_roles WHERE rolname = 'tally_" + name + "')"
                + " + (SELECT count(*) FROM credential WHERE name = '" + name + "')");
    }

    @Test
    void whoHasThePasswordHasADatabaseAndNothingElse() throws Exception {
        try (PostgresTallies tallies = open()) {
            Tally tally = tallies.make(name(1), Role.STOCK);
            Tally other = tallies.make(name(2), Role.FOIL);
            assertThat(tally)
                    .isEqualTo(new Tally(
                            name(1),
                            Role.STOCK,
                            "postgresql://127.0.0.1:" + server.port() + "/" + database + "?currentSchema=tally_"
                                    + name(1),
                            "tally_" + name(1)));
            assertThat(tallies.password(name(1)).orElseThrow()).hasSize(43);
            try (Connection connection = connect(tallies, tally);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE entry (amount BIGINT)");
                statement.execute("INSERT INTO entry VALUES (1)");
                for (String denied : List.of(
                        "SELECT * FROM dunlin.credential",
                        "SELECT * FROM dunlin.token",
                        "CREATE TABLE " + other.credentialsRef() + ".entry (amount BIGINT)",
                        "CREATE SCHEMA mine",
                        "CREATE ROLE mine",
                        "SET ROLE " + PostgresServer.USER,
                        "ALTER ROLE " + tally.credentialsRef() + " CONNECTION LIMIT 1000")) {
                    assertThatThrownBy(() -> statement.execute(denied))
                            .as(denied)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("permission denied");
                }
            }
            try (Connection connection = connect(tallies, other);
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("SELECT * FROM " + tally.credentialsRef() + ".entry"))
                        .hasMessageContaining("permission denied");
            }
            assertThatThrownBy(() -> DriverManager.getConnection(
                            "jdbc:" + other.endpoint(),
                            other.credentialsRef(),
                            tallies.password(name(1)).orElseThrow()))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void whatIsMadeIsFoundAlsoAfterARestartAndMadeOnce() throws Exception {
        List<String> names = Stream.of(name(1), name(2), name(3)).sorted().toList();
        Tally made;
        try (PostgresTallies tallies = open()) {
            assertThat(tallies.find(name(1))).isEmpty();
            made = tallies.make(name(1), Role.STOCK);
            tallies.make(name(2), Role.STOCK);
            tallies.make(name(3), Role.STOCK);
            assertThat(tallies.make(name(1), Role.FOIL)).isEqualTo(made);
        }
        try (PostgresTallies tallies = open()) {
            assertThat(tallies.find(name(1))).contains(made);
            assertThat(tallies.names("", 10)).isEqualTo(names);
            assertThat(tallies.names("", 2)).isEqualTo(names.subList(0, 2));
            assertThat(tallies.names(names.get(0), 10)).isEqualTo(names.subList(1, 3));
            assertThat(tallies.usage().databases()).isEqualTo(3);
            tallies.remove(name(1));
            assertThat(tallies.find(name(1))).isEmpty();
            assertThat(tallies.password(name(1))).isEmpty();
            assertThat(tallies.names("", 10)).hasSize(2);
            assertThat(traces(name(1))).isZero();
            tallies.remove(name(1));
        }
    }

    /** Also if the servers' clients are two nodes. */
    @Test
    void manyAtOnceMakeOne() throws Exception {
        try (PostgresTallies tallies = open();
                PostgresTallies beside = open()) {
            Set<String> passwords = new ConcurrentSkipListSet<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                PostgresTallies own = i % 2 == 0 ? tallies : beside;
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        own.make(name(1), Role.STOCK);
                        passwords.add(own.password(name(1)).orElseThrow());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (DatabaseException e) {
                        passwords.add(String.valueOf(e.getMessage()));
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(passwords).hasSize(1);
            assertThat(traces(name(1))).isEqualTo(3);
        }
    }

    @Test
    void thereAreNoMoreThanMayBe() throws Exception {
        try (PostgresTallies tallies = open(2, PLENTY)) {
            tallies.make(name(1), Role.STOCK);
            Tally second = tallies.make(name(2), Role.STOCK);
            assertThatThrownBy(() -> tallies.make(name(3), Role.STOCK))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage(
                            "there are 2 databases of tallies, and tally.maxDatabases is 2: raise it, or remove some");
            assertThat(traces(name(3))).isZero();
            assertThat(tallies.make(name(2), Role.STOCK)).isEqualTo(second);
            try (Connection connection = connect(tallies, second);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE entry AS SELECT generate_series(1, 10000)");
            }
            tallies.remove(name(1));
            tallies.make(name(3), Role.STOCK);
        }
        try (PostgresTallies tallies = open(100, 100_000)) {
            assertThat(tallies.usage().bytes()).isBetween(100_000L, 1_000_000L);
            assertThatThrownBy(() -> tallies.make(name(4), Role.STOCK))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageMatching(
                            "the databases of tallies take \\d+ bytes, and tally.maxBytes is 100000: raise it, or remove some");
            assertThat(traces(name(4))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "x\"; DROP SCHEMA dunlin CASCADE; --",
                "abcdefghijklmnopqrstuvwxy1",
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                "abcdefghijklmnopqrstuvwxyz2",
                "abcdefghijklmnopqrstuvwxy'",
            })
    void noOtherNameComesNearTheServer(String name) {
        try (PostgresTallies tallies = open()) {
            assertThatThrownBy(() -> tallies.make(name, Role.STOCK)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tallies.find(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tallies.remove(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tallies.password(name)).isInstanceOf(IllegalArgumentException.class);
            assertThat(tallies.names(name, 10)).isEmpty();
        }
    }

    /** A party that is in the midst of something does not keep its database. */
    @Test
    void whatIsInUseIsRemoved() throws Exception {
        try (PostgresTallies tallies = open()) {
            Tally tally = tallies.make(name(1), Role.STOCK);
            try (Connection connection = connect(tallies, tally);
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("CREATE TABLE entry (amount BIGINT)");
                connection.commit();
                statement.execute("LOCK TABLE entry IN ACCESS EXCLUSIVE MODE");
                tallies.remove(name(1));
                assertThat(traces(name(1))).isZero();
                assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
            }
        }
    }

    /** What somebody has broken by hand is none, and is made anew or removed. */
    @Test
    void aPartIsNoDatabase() throws Exception {
        try (PostgresTallies tallies = open()) {
            tallies.make(name(1), Role.STOCK);
            tallies.make(name(2), Role.STOCK);
            server.admin(database, "DROP SCHEMA tally_" + name(1) + " CASCADE");
            server.admin(database, "UPDATE dunlin.credential SET is_leaving = TRUE WHERE name = '" + name(2) + "'");
            for (int number = 1; number <= 2; number++) {
                assertThat(tallies.find(name(number))).isEmpty();
                assertThat(tallies.names("", 10)).contains(name(number));
            }
            Tally again = tallies.make(name(1), Role.FOIL);
            assertThat(tallies.find(name(1))).contains(again);
            connect(tallies, again).close();
            tallies.remove(name(2));
            assertThat(traces(name(2))).isZero();
        }
    }

    /** The thread that makes is interrupted while it waits for another transaction, wherever it runs. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsInterruptedLeavesNothing(boolean isVirtual) throws Exception {
        try (PostgresTallies tallies = open();
                Connection holder = server.connect(database, PostgresSettings.SCHEMA);
                Statement statement = holder.createStatement()) {
            tallies.usage();
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE credential IN ACCESS EXCLUSIVE MODE");
            AtomicReference<Optional<Exception>> thrown = new AtomicReference<>(Optional.empty());
            Thread.Builder builder = isVirtual ? Thread.ofVirtual() : Thread.ofPlatform();
            Thread thread = builder.start(() -> {
                try {
                    tallies.make(name(1), Role.STOCK);
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(Optional.of(e));
                }
            });
            await(() -> count("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database
                            + "' AND wait_event_type = 'Lock'")
                    == 1);
            thread.interrupt();
            if (!isVirtual) {
                // It goes on when the server answers.
                holder.rollback();
            }
            assertThat(thread.join(PATIENCE)).isTrue();
            holder.rollback();
            assertThat(thrown.get()).containsInstanceOf(InterruptedException.class);
            assertThat(traces(name(1))).isZero();
            assertThat(tallies.find(name(1))).isEmpty();
        }
    }

    @Test
    void noPasswordIsInTheLogOfTheServerOrInWhatIsSaid() throws Exception {
        server.admin("postgres", "ALTER ROLE " + PostgresServer.USER + " SET log_statement = 'ddl'");
        try (PostgresTallies tallies = open()) {
            tallies.make(name(1), Role.STOCK);
            String password = tallies.password(name(1)).orElseThrow();
            assertThat(server.log()).contains("CREATE ROLE tally_" + name(1)).doesNotContain(password);
        } finally {
            server.admin("postgres", "ALTER ROLE " + PostgresServer.USER + " RESET log_statement");
        }
        assertThat(server.settings(database).toString()).doesNotContain(PostgresServer.PASSWORD);
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws SQLException, IOException;
    }

    private static void await(Condition condition) throws SQLException, IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("not within %s", PATIENCE).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
