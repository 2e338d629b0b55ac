package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.wire.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/** What stands in the SQLite file of a database: whose it is. The two parties add what they need. */
final class TallyFile {

    /** "Dunl", by which {@code file} and others know whose file it is. */
    private static final int APPLICATION = 0x44756e6c;

    private static final int VERSION = 1;

    /** Without a row id it has one page less. */
    private static final String SCHEMA = "CREATE TABLE tally (id TEXT PRIMARY KEY, created_by TEXT NOT NULL,"
            + " created BIGINT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID";

    private static final int PRIMARY = 0xff;

    private TallyFile() {}

    /** Opens an empty file to fill it: nothing is beside it, and nothing is forced to disk, for it is no database until it has its name. */
    static Connection openNew(Path file) throws SQLException {
        Properties pragmas = new Properties();
        pragmas.setProperty("journal_mode", "MEMORY");
        pragmas.setProperty("synchronous", "OFF");
        return open(file, pragmas);
    }

    /** A file that is not there is not made. */
    private static Connection open(Path file, Properties pragmas) throws SQLException {
        pragmas.setProperty("open_mode", Integer.toString(SQLiteOpenMode.READWRITE.flag));
        pragmas.setProperty("busy_timeout", "5000");
        // As a URI, since the driver takes what follows a '?' in a path for settings.
        return JDBC.createConnection("jdbc:sqlite:" + file.toUri(), pragmas);
    }

    /**
     * Writes whose it is.
     *
     * @param now the wall clock, microseconds
     */
    static void fill(Connection connection, String name, Role role, long now) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute(SCHEMA);
            try (PreparedStatement row = connection.prepareStatement("INSERT INTO tally VALUES (?, ?, ?, ?)")) {
                row.setString(1, name);
                row.setString(2, role.name());
                row.setLong(3, now);
                row.setInt(4, VERSION);
                row.executeUpdate();
            }
            statement.execute("PRAGMA application_id = " + APPLICATION);
            statement.execute("PRAGMA user_version = " + VERSION);
            statement.execute("COMMIT");
        }
    }

    /** Reads all of it. */
    static void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA integrity_check")) {
            String said = found.next() ? found.getString(1) : "nothing";
            if (!said.equals("ok")) {
                throw new SQLException("it is damaged right after it was written: " + said);
            }
        }
    }

    /**
     * Which side has made a database; empty if the file was cut short, or is not the one of this name.
     *
     * @throws IOException if its size cannot be read
     * @throws SQLException if it cannot be read, which says nothing of what it is; or if it is of a later version of this program
     */
    static Optional<Role> createdBy(Path file, String name) throws IOException, SQLException {
        // Not for reading only: what a program that was killed has left beside it is put in order.
        try (Connection connection = open(file, new Properties());
                Statement statement = connection.createStatement()) {
            // A ledger is a file of this program too, with versions of its own.
            if (number(statement, "PRAGMA application_id") != APPLICATION
                    || number(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'tally'") == 0) {
                return Optional.empty();
            }
            int version = number(statement, "PRAGMA user_version");
            if (version > VERSION) {
                throw new SQLException("it is of a later version of this program: it has the version " + version
                        + ", and this one knows " + VERSION);
            }
            // Nobody writes the file until this is closed.
            statement.execute("BEGIN");
            Optional<Role> row = row(connection, name);
            return isCut(file, statement) ? Optional.empty() : row;
        } catch (SQLException e) {
            if (isNone(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** SQLite reads what is missing of the last page as zeros. In its WAL there may be pages that are not yet in the file. */
    private static boolean isCut(Path file, Statement statement) throws IOException, SQLException {
        Path wal = file.resolveSibling(file.getFileName() + "-wal");
        if (Files.exists(wal) && Files.size(wal) > 0) {
            return false;
        }
        long whole = (long) number(statement, "PRAGMA page_count") * number(statement, "PRAGMA page_size");
        return Files.size(file) < whole;
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet from = statement.executeQuery(sql)) {
            return from.next() ? from.getInt(1) : 0;
        }
    }

    private static Optional<Role> row(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT created_by FROM tally WHERE id = ?")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)).flatMap(TallyFile::role) : Optional.empty();
            }
        }
    }

    private static Optional<Role> role(String text) {
        for (Role each : Role.values()) {
            if (each.name().equals(text)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** A bare error of a statement that is right is one of the tables that it finds. */
    private static boolean isNone(SQLException e) {
        return switch (primary(e)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT -> true;
            case SQLITE_ERROR -> e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code;
            default -> false;
        };
    }

    private static SQLiteErrorCode primary(SQLException e) {
        return SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY);
    }

    static LedgerException.Kind kind(SQLException e) {
        return switch (primary(e)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT -> LedgerException.Kind.DAMAGED;
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN -> LedgerException.Kind.NOT_PERMITTED;
            default -> LedgerException.Kind.UNAVAILABLE;
        };
    }

    /** What is the case, and what to do about it, where that is known: a sentence without a full stop. */
    static String sentence(SQLException e) {
        return switch (primary(e)) {
            case SQLITE_FULL -> "the disk is full: free some of it";
            case SQLITE_READONLY, SQLITE_PERM ->
                "it may not be written: give its directory to the user of the node, mounted for writing";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another program has locked it: see which has it open";
            case SQLITE_NOTADB, SQLITE_CORRUPT ->
                "it is damaged, or no database of SQLite: put it back from a backup, or move it away to begin without it";
            case SQLITE_IOERR, SQLITE_CANTOPEN ->
                "the system does not let SQLite read or write it (" + e.getMessage()
                        + "): see what its permissions are, and what the system says of its disk";
            default -> String.valueOf(e.getMessage());
        };
    }
}
