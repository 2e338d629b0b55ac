package dev.dunlin.node.bootstrap.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Connections to a PostgreSQL server, and transactions on them that go on one at a time, whichever node or process begins them. Thread-safe.
 *
 * <p>A transaction takes a lock of its schema before it reads anything, and has it until its end: so what it has read stays as it is. Every
 * statement behind the lock sees what was committed before, as READ COMMITTED has it; a snapshot of a higher level would be older than the lock.
 * SERIALIZABLE would do as well, but fails under contention, for every transaction reads and writes the trail's end; and rules that are
 * run again would have to be free of effects.
 */
final class PostgresPool implements AutoCloseable {

    /** What the lock of a transaction is for: others of a schema do not wait for it. */
    enum Lock {
        /** Tokens and the trail. */
        LEDGER,
        /** Databases of tallies. */
        TALLIES
    }

    /** "Dunl": the locks of a database are shared by all who use it. */
    private static final int APPLICATION = 0x44756e6c;

    private static final String MIGRATIONS = "dev/dunlin/node/bootstrap/jdbc/postgresql";

    // xid8 and what becomes of a transaction are asked by functions of 13.
    private static final int OLDEST_SERVER = 130_000;

    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final Duration LOCKED = Duration.ofSeconds(5);

    // A node that is suspended or cut off in a transaction stands in the way of all others for so long.
    private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(20);

    // Longer than any statement here takes; a server that has vanished answers nothing.
    private static final Duration SILENT = Duration.ofSeconds(30);

    // Nobody waits for a connection again and again while there is no server.
    private static final long AGAIN = Duration.ofSeconds(1).toNanos();

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /** A failure whose message is a sentence for operators already. */
    private static final class Told extends SQLException {

        private static final long serialVersionUID = 1;

        Told(String sentence) {
            super(sentence);
        }

        Told(String sentence, Exception cause) {
            super(sentence, cause);
        }
    }

    private final PostgresSettings settings;
    private final HikariDataSource connections;
    private final AtomicLong refusedUntil = new AtomicLong(System.nanoTime());

    private PostgresPool(PostgresSettings settings, HikariDataSource connections) {
        this.settings = settings;
        this.connections = connections;
    }

    /**
     * Connects, and brings the tables to this version.
     *
     * @throws SQLException with a sentence for operators, if it cannot, or the tables are those of a later version
     */
    static PostgresPool open(PostgresSettings settings) throws SQLException {
        PGSimpleDataSource source = source(settings);
        try {
            checkServer(settings, source);
            migrate(settings, source);
        } catch (SQLException e) {
            throw new Told(sentence(settings, e), e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("dunlin-postgresql");
        config.setDataSource(source);
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setAutoCommit(false);
        config.setIsolateInternalQueries(true);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionTimeout(CONNECTING.toMillis());
        config.setValidationTimeout(CONNECTING.toMillis());
        // A ledger is durable, whatever the database's default is; an even stricter one stays.
        config.setConnectionInitSql("SELECT set_config('synchronous_commit', 'on', false)"
                + " WHERE current_setting('synchronous_commit') = 'off'");
        // One that cannot connect says so above.
        config.setInitializationFailTimeout(-1);
        return new PostgresPool(settings, new HikariDataSource(config));
    }

    private static PGSimpleDataSource source(PostgresSettings settings) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(settings.url());
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setCurrentSchema(settings.schema());
        source.setApplicationName("dunlin");
        source.setTcpKeepAlive(true);
        source.setConnectTimeout(Math.toIntExact(CONNECTING.toSeconds()));
        source.setLoginTimeout(Math.toIntExact(CONNECTING.toSeconds()));
        source.setSocketTimeout(Math.toIntExact(SILENT.toSeconds()));
        // Details of errors quote rows.
        source.setProperty(PGProperty.LOG_SERVER_ERROR_DETAIL, "false");
        String own = "-c lock_timeout=" + LOCKED.toMillis() + " -c idle_in_transaction_session_timeout="
                + IDLE_IN_TRANSACTION.toMillis();
        String given = source.getOptions();
        source.setOptions(given == null ? own : given + " " + own);
        return source;
    }

    private static void checkServer(PostgresSettings settings, PGSimpleDataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement asks = connection.prepareStatement(
                        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
                                + " current_setting('server_encoding')");
                ResultSet from = asks.executeQuery()) {
            from.next();
            if (from.getInt(1) < OLDEST_SERVER) {
                throw new Told(
                        "PostgreSQL at " + settings.at() + " is " + from.getString(2) + ": it has to be 13 or later");
            }
            if (!"UTF8".equals(from.getString(3))) {
                throw new Told("the database " + settings.at() + " has the encoding " + from.getString(3)
                        + ": make one with ENCODING 'UTF8'");
            }
        }
    }

    private static void migrate(PostgresSettings settings, PGSimpleDataSource source) throws SQLException {
        try {
            Flyway flyway = Flyway.configure(PostgresPool.class.getClassLoader())
                    .dataSource(source)
                    .loggers("slf4j")
                    .schemas(settings.schema())
                    .defaultSchema(settings.schema())
                    .createSchemas(true)
                    .table("schema_history")
                    .locations("classpath:" + MIGRATIONS)
                    .failOnMissingLocations(true)
                    .placeholderReplacement(false)
                    .load();
            MigrationInfo[] all = flyway.info().all();
            MigrationVersion known = Arrays.stream(all)
                    .filter(one -> one.getState().isResolved())
                    .map(MigrationInfo::getVersion)
                    .filter(Objects::nonNull)
                    .max(MigrationVersion::compareTo)
                    .orElse(MigrationVersion.EMPTY);
            Optional<MigrationVersion> later = Arrays.stream(all)
                    .filter(one -> one.getState().isApplied())
                    .map(MigrationInfo::getVersion)
                    .filter(version -> version != null && version.compareTo(known) > 0)
                    .max(MigrationVersion::compareTo);
            if (later.isPresent()) {
                throw new Told("the schema " + settings.schema() + " in " + settings.at()
                        + " is of a later version of this program: its tables have the version " + later.get()
                        + ", and this one knows " + known);
            }
            flyway.migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                    throw sql;
                }
            }
            String why = BLANKS.matcher(String.valueOf(e.getMessage()))
                    .replaceAll(" ")
                    .strip();
            throw new Told(
                    why.contains("no schema history table")
                            ? "the schema " + settings.schema() + " in " + settings.at()
                                    + " has tables of another program: name another schema"
                            : "the tables in the schema " + settings.schema() + " in " + settings.at()
                                    + " cannot be brought to this version: " + why,
                    e);
        }
    }

    /** A transaction that goes on; closing it undoes what was not committed, and never throws. */
    final class Begun implements AutoCloseable {

        private final Connection connection;
        private final Lock lock;
        private final String number;

        private Begun(Connection connection, Lock lock, String number) {
            this.connection = connection;
            this.lock = lock;
            this.number = number;
        }

        Connection connection() {
            return connection;
        }

        /**
         * Commits. If the connection breaks meanwhile, the server is asked on another one what has become of it.
         *
         * @throws SQLException if it was not, or nobody could say
         */
        void commit() throws SQLException {
            try {
                connection.commit();
            } catch (SQLException e) {
                if (!isBroken(e)) {
                    throw e;
                }
                // It may be the only one that the pool has room for.
                close();
                boolean isThere;
                try {
                    isThere = hasHappened();
                } catch (SQLException unknown) {
                    e.addSuppressed(unknown);
                    throw new Told(sentence(e) + "; whether the last transaction is kept is not known", e);
                }
                if (!isThere) {
                    throw e;
                }
            }
        }

        private boolean hasHappened() throws SQLException {
            // Behind the lock: the transaction has ended.
            try (Begun other = begin(lock);
                    PreparedStatement asks =
                            other.connection.prepareStatement("SELECT pg_xact_status(CAST(? AS xid8)) = 'committed'")) {
                asks.setString(1, number);
                try (ResultSet from = asks.executeQuery()) {
                    return from.next() && from.getBoolean(1);
                }
            }
        }

        @Override
        public void close() {
            try {
                // The pool rolls back.
                connection.close();
            } catch (SQLException e) {
                // It is not used again.
            }
        }
    }

    /**
     * Begins a transaction, as soon as no other goes on.
     *
     * @throws SQLException if there is no connection, or another transaction goes on for longer than some seconds
     */
    Begun begin(Lock lock) throws SQLException {
        Connection connection = connection();
        try {
            return begun(connection, lock);
        } catch (SQLException e) {
            shut(connection);
            if (!isBroken(e)) {
                throw e;
            }
        }
        // It has broken while nobody used it, and nothing was begun; so have the others, as when the server was
        // restarted.
        connections.getHikariPoolMXBean().softEvictConnections();
        Connection fresh = connection();
        try {
            return begun(fresh, lock);
        } catch (SQLException e) {
            shut(fresh);
            throw e;
        }
    }

    private Connection connection() throws SQLException {
        if (System.nanoTime() - refusedUntil.get() < 0) {
            throw new SQLException("there was no connection a moment ago", "08001");
        }
        try {
            return connections.getConnection();
        } catch (SQLException e) {
            if (!Thread.currentThread().isInterrupted() && isBroken(e)) {
                refusedUntil.set(System.nanoTime() + AGAIN);
            }
            throw e;
        }
    }

    private Begun begun(Connection connection, Lock lock) throws SQLException {
        try (PreparedStatement locks =
                connection.prepareStatement("SELECT pg_current_xact_id()::text FROM pg_advisory_xact_lock(?, ?)")) {
            locks.setInt(1, APPLICATION);
            locks.setInt(2, settings.schema().hashCode() * 31 + lock.ordinal());
            try (ResultSet from = locks.executeQuery()) {
                from.next();
                return new Begun(connection, lock, from.getString(1));
            }
        }
    }

    /** A connection without a lock, for what only reads. */
    Connection reading() throws SQLException {
        return connection();
    }

    private static void shut(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is not used again.
        }
    }

    /** Whether there is no connection any more, or was none. */
    static boolean isBroken(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    /** What has happened, as a sentence for operators, without a full stop. */
    String sentence(SQLException e) {
        return sentence(settings, e);
    }

    private static String sentence(PostgresSettings settings, SQLException e) {
        if (e instanceof Told) {
            return String.valueOf(e.getMessage());
        }
        SQLException root = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            // The pool says that there is no connection, and its cause why.
            root = cause instanceof PSQLException own ? own : root;
        }
        String state = String.valueOf(root.getSQLState());
        String at = "PostgreSQL at " + settings.at();
        return switch (state) {
            case "08001", "08004" -> at + " cannot be reached: see that it runs, and that the URL is right";
            case "28P01", "28000" ->
                at + " does not take the user " + settings.user()
                        + " with this password: see the role, its password and pg_hba.conf";
            case "3D000" -> at + " has no such database: make it, owned by " + settings.user();
            case "42501" ->
                at + " does not let the user " + settings.user() + " do this, " + said(root)
                        + ": grant CREATE on the database, and CREATEROLE if tallies are made there";
            case "53300" ->
                at + " has no connection left: raise its max_connections, or make the pools of nodes smaller";
            case "55P03" ->
                at + ": another transaction goes on for more than " + LOCKED.toSeconds()
                        + " s: see in pg_stat_activity what it waits for";
            default -> isBroken(root) ? at + " has closed the connection" : at + ": " + said(root);
        };
    }

    /** The first line of what the server says: details quote rows. */
    private static String said(SQLException e) {
        if (e instanceof PSQLException own) {
            ServerErrorMessage message = own.getServerErrorMessage();
            if (message != null && message.getMessage() != null) {
                return message.getMessage();
            }
        }
        return BLANKS.matcher(String.valueOf(e.getMessage())).replaceAll(" ").strip();
    }

    /** Closes all connections. Never throws. */
    @Override
    public void close() {
        connections.close();
    }
}
