package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * A ledger in an SQLite file: what a transaction has written is on the disk when it is done. The file is opened anew after it has failed.
 * Thread-safe, and safe beside other processes: one transaction goes on at a time.
 */
public final class SqliteLedger implements Transactions, AutoCloseable {

    /** The name of the file in a node's directory. */
    public static final String FILE = "tokens.db";

    /** "Dunl", by which {@code file} and others know whose file it is. */
    private static final int APPLICATION = 0x44756e6c;

    /** The steps from one version of the tables to the next: a file has as many behind it as its user_version says. */
    private static final List<List<String>> STEPS = List.of(
            List.of(
                    "CREATE TABLE token (hash BLOB PRIMARY KEY, role TEXT NOT NULL, max_uses BIGINT, expires BIGINT NOT NULL,"
                            + " requirements TEXT NOT NULL, peer TEXT, burns INTEGER NOT NULL, label TEXT NOT NULL,"
                            + " created BIGINT NOT NULL, revoked BIGINT, uses BIGINT NOT NULL, reserved BIGINT NOT NULL,"
                            + " rejections BIGINT NOT NULL, CHECK (uses >= 0 AND reserved >= 0),"
                            + " CHECK (max_uses IS NULL OR uses + reserved <= max_uses))",
                    "CREATE TABLE redemption (id TEXT PRIMARY KEY, token BLOB NOT NULL REFERENCES token (hash),"
                            + " peer TEXT NOT NULL, redemption_key TEXT NOT NULL, phase TEXT NOT NULL, begun BIGINT NOT NULL,"
                            + " lease BIGINT NOT NULL, tally TEXT, created_by TEXT, endpoint TEXT, credentials TEXT,"
                            + " UNIQUE (token, peer, redemption_key))",
                    "CREATE INDEX redemption_lease ON redemption (phase, lease, id)",
                    "CREATE TABLE trail (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, session BIGINT NOT NULL,"
                            + " peer TEXT NOT NULL, token TEXT NOT NULL, redemption TEXT NOT NULL, code TEXT NOT NULL,"
                            + " detail TEXT NOT NULL, events BIGINT NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID",
                    "CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail"
                            + " BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END",
                    "CREATE TRIGGER trail_is_not_cut BEFORE DELETE ON trail"
                            + " BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END"),
            List.of("CREATE INDEX trail_begun ON trail (redemption) WHERE kind = 'provisioning'"));

    private final Path file;
    private @Nullable Open open;
    private boolean isClosed;

    private record Open(Connection connection, JdbcLedger ledger) {}

    private SqliteLedger(Path file) {
        this.file = file;
    }

    /**
     * Opens a file, and makes it if there is none.
     *
     * @throws LedgerException if it cannot, or the file is another program's, or a later version's
     */
    public static SqliteLedger open(Path file) {
        SqliteLedger ledger = new SqliteLedger(file);
        ledger.opened();
        return ledger;
    }

    /**
     * Writes a whole copy of a ledger, also of one that a node is writing.
     *
     * @param from its file
     * @param to a file that is not there yet; its directory is to be the user's alone
     * @throws LedgerException if it cannot
     */
    public static void copy(Path from, Path to) {
        Properties pragmas = new Properties();
        pragmas.setProperty("busy_timeout", "5000");
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + from.toUri(), pragmas);
                PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, to.toString());
            statement.execute();
        } catch (SQLException e) {
            throw new LedgerException(from + " cannot be copied: " + TallyFile.sentence(e), e);
        }
    }

    private Open opened() {
        Open known = open;
        if (known != null) {
            return known;
        }
        if (isClosed) {
            throw new LedgerException(file + " is closed", new IllegalStateException());
        }
        try {
            make();
            // Of several pragmas in one statement only the first is run: they are properties.
            Properties pragmas = new Properties();
            pragmas.setProperty("journal_mode", "WAL");
            pragmas.setProperty("synchronous", "FULL");
            pragmas.setProperty("busy_timeout", "5000");
            pragmas.setProperty("foreign_keys", "true");
            pragmas.setProperty("journal_size_limit", Integer.toString(64 << 20));
            // As a URI, since the driver takes what follows a '?' in a path for settings; not by the DriverManager,
            // which loads
            // the drivers of all engines.
            Connection connection = JDBC.createConnection("jdbc:sqlite:" + file.toUri(), pragmas);
            try {
                migrate(connection);
                Open made = new Open(connection, new JdbcLedger(connection));
                open = made;
                return made;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new LedgerException(TallyFile.kind(e), file + " cannot be opened: " + TallyFile.sentence(e), e);
        }
    }

    /** Nobody but the node's user reads it, from its first moment on. */
    private void make() {
        try {
            if (Files.notExists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new LedgerException(
                    LedgerException.Kind.NOT_PERMITTED,
                    file + " cannot be made: see that its directory is there, and the node's user may write in it",
                    e);
        }
    }

    private void migrate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            int application = number(statement, "PRAGMA application_id");
            int version = number(statement, "PRAGMA user_version");
            boolean isNew =
                    application == 0 && version == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") == 0;
            if (!isNew && application != APPLICATION) {
                throw new LedgerException(
                        LedgerException.Kind.DAMAGED,
                        file + " is no ledger of tokens: put the node's own back, or move it away to begin with none",
                        new IllegalStateException());
            }
            if (version > STEPS.size()) {
                throw new LedgerException(
                        LedgerException.Kind.DAMAGED,
                        file + " is of a later version of this program: its tables have the version " + version
                                + ", and this one knows " + STEPS.size(),
                        new IllegalStateException());
            }
            for (List<String> step : STEPS.subList(version, STEPS.size())) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA application_id = " + APPLICATION);
            statement.execute("PRAGMA user_version = " + STEPS.size());
            statement.execute("COMMIT");
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet from = statement.executeQuery(sql)) {
            return from.next() ? from.getInt(1) : 0;
        }
    }

    @Override
    public synchronized <T> T in(Function<LedgerStore, T> work) {
        Open now = opened();
        boolean isDone = false;
        try (Statement statement = now.connection().createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            T given = work.apply(now.ledger());
            statement.execute("COMMIT");
            isDone = true;
            return given;
        } catch (SQLException e) {
            throw new LedgerException(file + ": " + TallyFile.sentence(e), e);
        } finally {
            if (!isDone) {
                // Closing rolls back; whether a commit that failed is on the disk the next opening sees.
                shut();
            }
        }
    }

    private void shut() {
        Open known = open;
        open = null;
        if (known != null) {
            try {
                known.connection().close();
            } catch (SQLException e) {
                // It is not used again.
            }
        }
    }

    /** Closes the file. Never throws. */
    @Override
    public synchronized void close() {
        isClosed = true;
        shut();
    }
}
