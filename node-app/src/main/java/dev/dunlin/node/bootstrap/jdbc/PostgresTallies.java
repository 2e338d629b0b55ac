package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PasswordUtil;

/**
 * Makes databases of tallies in a PostgreSQL server: each is a schema, owned by a role that can log in and has no right anywhere else; both are
 * called {@code tally_} and the name. It is made as a whole or not at all, in one transaction. Passwords are kept in the node's schema, where only
 * the node's role reads them; the server itself is given what they are checked by, so that none is in its log. Thread-safe.
 *
 * <p>The role of the node has to have CREATEROLE, and CREATE on the database.
 */
public final class PostgresTallies implements Provisioner {

    /** How many connections the role of a tally may have at once: a server has a hundred by default, for all. */
    static final int MOST_CONNECTIONS = 8;

    private static final int PASSWORD_BYTES = 32;

    // Measuring looks at each table of each tally.
    private static final Duration MEASURING = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private static final String STATEMENT_TIMEOUT = "57014";

    private final PostgresSettings settings;
    private final long maxDatabases;
    private final long maxBytes;
    private final PostgresPool pool;
    private final SecureRandom random = new SecureRandom();
    private final Object measuring = new Object();
    private long bytes = -1;
    private long measured;

    private PostgresTallies(PostgresSettings settings, long maxDatabases, long maxBytes, PostgresPool pool) {
        this.settings = settings;
        this.maxDatabases = maxDatabases;
        this.maxBytes = maxBytes;
        this.pool = pool;
    }

    /**
     * Connects, and makes the node's schema and its tables if there are none.
     *
     * @param maxDatabases how many databases there are at most, at least 1
     * @param maxBytes from how many bytes on that all of them take no other is made, at least 1; measured every {@code 10 s} at most
     * @throws DatabaseException if it cannot, or the schema is another program's, or a later version's
     */
    public static PostgresTallies open(PostgresSettings settings, long maxDatabases, long maxBytes) {
        if (maxDatabases < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("tally.maxDatabases and tally.maxBytes are at least 1");
        }
        try {
            return new PostgresTallies(settings, maxDatabases, maxBytes, PostgresPool.open(settings));
        } catch (SQLException e) {
            throw new DatabaseException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The name of the schema and of the role. From here on there is nothing in it but a to z, 2 to 7 and an underscore. */
    private static String checked(String name) {
        if (!RedemptionNames.isOne(name)) {
            throw new IllegalArgumentException("this is no name of a redemption");
        }
        return PostgresSettings.TALLY + name;
    }

    private DatabaseException failure(SQLException e) {
        return new DatabaseException(pool.sentence(e), e);
    }

    @Override
    public Tally make(String name, Role role) throws InterruptedException {
        String both = checked(name);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        boolean isCommitting = false;
        try {
            long taken = bytes();
            String password = password();
            String check = PasswordUtil.encodePassword(both, password.toCharArray(), "scram-sha-256");
            try (PostgresPool.Begun begun = pool.begin(PostgresPool.Lock.TALLIES)) {
                Connection connection = begun.connection();
                Optional<Tally> known = find(connection, name);
                if (known.isPresent()) {
                    return known.get();
                }
                drop(connection, name);
                checkRoom(count(connection), taken);
                create(connection, both, check);
                try (PreparedStatement puts = connection.prepareStatement(
                        "INSERT INTO credential (name, created_by, password) VALUES (?, ?, ?)")) {
                    puts.setString(1, name);
                    puts.setString(2, role.name());
                    puts.setString(3, password);
                    puts.executeUpdate();
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                isCommitting = true;
                begun.commit();
                return tally(name, role);
            }
        } catch (SQLException e) {
            // A virtual thread that is interrupted loses its connection, and a commit that breaks off may have been
            // one.
            boolean isInterrupted = Thread.interrupted();
            DatabaseException failure = failure(e);
            if (isCommitting) {
                try {
                    remove(name);
                } catch (DatabaseException remains) {
                    failure.addSuppressed(remains);
                }
            }
            if (isInterrupted) {
                InterruptedException interrupted = new InterruptedException();
                interrupted.initCause(failure);
                throw interrupted;
            }
            throw failure;
        }
    }

    private void checkRoom(long databases, long taken) {
        if (databases >= maxDatabases) {
            throw new DatabaseException("there are " + databases + " databases of tallies, and tally.maxDatabases is "
                    + maxDatabases + ": raise it, or remove some");
        }
        if (taken >= maxBytes) {
            throw new DatabaseException("the databases of tallies take " + taken + " bytes, and tally.maxBytes is "
                    + maxBytes + ": raise it, or remove some");
        }
    }

    private String password() {
        byte[] drawn = new byte[PASSWORD_BYTES];
        random.nextBytes(drawn);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
    }

    private static void create(Connection connection, String both, String check) throws SQLException {
        execute(
                connection,
                // What the password is checked by: letters, digits and $:+/=, as SCRAM writes it.
                "CREATE ROLE " + both + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT "
                        + MOST_CONNECTIONS + " PASSWORD '" + check + "'",
                "ALTER ROLE " + both + " SET search_path = " + both,
                // Only who belongs to a role makes something its own, ends its sessions, and drops what it has.
                "GRANT " + both + " TO CURRENT_USER",
                "CREATE SCHEMA " + both + " AUTHORIZATION " + both,
                "REVOKE ALL ON SCHEMA " + both + " FROM PUBLIC");
    }

    private static void execute(Connection connection, String... all) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : all) {
                statement.execute(sql);
            }
        }
    }

    private Tally tally(String name, Role createdBy) {
        String both = checked(name);
        String database =
                URLEncoder.encode(settings.database(), StandardCharsets.UTF_8).replace("+", "%20");
        return new Tally(
                name,
                createdBy,
                "postgresql://" + settings.peersHosts() + "/" + database + "?currentSchema=" + both,
                both);
    }

    @Override
    public Optional<Tally> find(String redemption) {
        checked(redemption);
        try (Connection connection = pool.reading()) {
            return find(connection, redemption);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private Optional<Tally> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement asks = connection.prepareStatement("SELECT created_by FROM credential"
                + " WHERE name = ? AND NOT is_leaving AND EXISTS (SELECT FROM pg_namespace WHERE nspname = ?)"
                + " AND EXISTS (SELECT FROM pg_roles WHERE rolname = ?)")) {
            asks.setString(1, name);
            asks.setString(2, checked(name));
            asks.setString(3, checked(name));
            try (ResultSet from = asks.executeQuery()) {
                return from.next() ? Optional.of(tally(name, Role.valueOf(from.getString(1)))) : Optional.empty();
            }
        }
    }

    /**
     * The password of a database's role, for operators, who hand it to the parties.
     *
     * @return empty if there is no such database
     * @throws DatabaseException if the server cannot be asked
     */
    public Optional<String> password(String name) {
        checked(name);
        try (Connection connection = pool.reading();
                PreparedStatement asks = connection.prepareStatement(
                        "SELECT password FROM credential WHERE name = ? AND NOT is_leaving")) {
            asks.setString(1, name);
            try (ResultSet from = asks.executeQuery()) {
                return from.next() ? Optional.of(from.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** {@inheritDoc} Whoever is connected to it loses the connection. */
    @Override
    public void remove(String redemption) {
        String both = checked(redemption);
        try {
            // First nobody comes in any more: a session of a party may have locks for as long as it likes.
            try (PostgresPool.Begun begun = pool.begin(PostgresPool.Lock.TALLIES)) {
                Connection connection = begun.connection();
                try (PreparedStatement leaves =
                        connection.prepareStatement("UPDATE credential SET is_leaving = TRUE WHERE name = ?")) {
                    leaves.setString(1, redemption);
                    leaves.executeUpdate();
                }
                if (isRole(connection, both)) {
                    execute(connection, "ALTER ROLE " + both + " NOLOGIN");
                }
                begun.commit();
            }
            try (PostgresPool.Begun begun = pool.begin(PostgresPool.Lock.TALLIES)) {
                Connection connection = begun.connection();
                try (PreparedStatement ends = connection.prepareStatement(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?")) {
                    ends.setString(1, both);
                    ends.executeQuery().close();
                }
                drop(connection, redemption);
                begun.commit();
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static boolean isRole(Connection connection, String both) throws SQLException {
        try (PreparedStatement asks = connection.prepareStatement("SELECT FROM pg_roles WHERE rolname = ?")) {
            asks.setString(1, both);
            try (ResultSet from = asks.executeQuery()) {
                return from.next();
            }
        }
    }

    /** All that there is of a name, whatever it is. */
    private static void drop(Connection connection, String name) throws SQLException {
        String both = checked(name);
        if (isRole(connection, both)) {
            execute(
                    connection,
                    "GRANT " + both + " TO CURRENT_USER",
                    "DROP OWNED BY " + both + " CASCADE",
                    "DROP ROLE " + both);
        }
        execute(connection, "DROP SCHEMA IF EXISTS " + both + " CASCADE");
        try (PreparedStatement deletes = connection.prepareStatement("DELETE FROM credential WHERE name = ?")) {
            deletes.setString(1, name);
            deletes.executeUpdate();
        }
    }

    @Override
    public List<String> names(String after, int most) {
        // Those that the node has noted: another one may have its own in the same database.
        try (Connection connection = pool.reading();
                PreparedStatement asks = connection.prepareStatement(
                        "SELECT name FROM credential WHERE name > ? ORDER BY name LIMIT ?")) {
            asks.setString(1, after);
            asks.setInt(2, most);
            List<String> names = new ArrayList<>();
            try (ResultSet from = asks.executeQuery()) {
                while (from.next()) {
                    names.add(from.getString(1));
                }
            }
            return names;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** {@inheritDoc} The bytes are measured every 10 s at most. */
    @Override
    public Usage usage() {
        try {
            long taken = bytes();
            try (Connection connection = pool.reading()) {
                return new Usage(count(connection), taken);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static long count(Connection connection) throws SQLException {
        return number(connection, "SELECT count(*) FROM credential");
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet from = statement.executeQuery(sql)) {
            from.next();
            return from.getLong(1);
        }
    }

    private long bytes() throws SQLException {
        synchronized (measuring) {
            boolean isKnown = bytes >= 0;
            if (isKnown && System.nanoTime() - measured < MEASURED.toNanos()) {
                return bytes;
            }
            try (Connection connection = pool.reading()) {
                execute(connection, "SET LOCAL statement_timeout = " + MEASURING.toMillis());
                bytes = number(
                        connection,
                        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " JOIN credential t ON n.nspname = '" + PostgresSettings.TALLY + "' || t.name"
                                + " WHERE c.relkind IN ('r', 'm', 'S')");
            } catch (SQLException e) {
                // What takes too long to measure is as big as it was, until the next time.
                if (!isKnown || !STATEMENT_TIMEOUT.equals(e.getSQLState())) {
                    throw e;
                }
            }
            measured = System.nanoTime();
            return bytes;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
