package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** A ledger in an SQLite file. */
class SqliteLedgerProperties extends LedgerContract<SqliteLedger> {

    private Path folder = Path.of("");

    @BeforeTry
    void folder() throws IOException {
        folder = Files.createTempDirectory("dunlin-ledger");
    }

    @AfterTry
    void remove() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Path file() {
        return folder.resolve(SqliteLedger.FILE);
    }

    @Override
    SqliteLedger open() {
        return SqliteLedger.open(file());
    }

    @Override
    Connection past() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = past();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    String anotherPrograms() throws SQLException {
        execute("CREATE TABLE mine (x)");
        return "is no ledger of tokens";
    }

    @Override
    void later() throws SQLException {
        execute("PRAGMA user_version = 99");
    }

    @Override
    void clear() {
        try {
            Files.delete(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    String dropTrigger() {
        return "DROP TRIGGER trail_is_not_changed";
    }

    @Example
    void theFileIsItsUsersAlone() throws IOException {
        open().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }
}
