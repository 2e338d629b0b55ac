package dev.dunlin.node.bootstrap.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** A ledger of a PostgreSQL server. */
@AddLifecycleHook(PostgresLedgerProperties.WithoutServer.class)
class PostgresLedgerProperties extends LedgerContract<PostgresLedger> {

    private static String database = "";

    static final class WithoutServer implements SkipExecutionHook {

        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return PostgresServer.missing().map(SkipResult::skip).orElse(SkipResult.doNotSkip());
        }
    }

    @BeforeContainer
    static void database() throws SQLException {
        database = PostgresServer.shared().database();
    }

    @AfterTry
    @Override
    void clear() throws SQLException {
        execute("DROP SCHEMA IF EXISTS " + PostgresSettings.SCHEMA + " CASCADE");
    }

    @Override
    PostgresLedger open() {
        return PostgresLedger.open(PostgresServer.shared().settings(database));
    }

    @Override
    Connection past() throws SQLException {
        return PostgresServer.shared().connect(database, PostgresSettings.SCHEMA);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = past();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    String anotherPrograms() throws SQLException {
        execute("CREATE SCHEMA dunlin CREATE TABLE mine (x TEXT)");
        return "has tables of another program: name another schema";
    }

    @Override
    void later() throws SQLException {
        execute(
                "INSERT INTO schema_history (installed_rank, version, description, type, script, installed_by, execution_time,"
                        + " success) VALUES (99, '99', 'of later', 'SQL', 'V99__of_later.sql', 'somebody', 1, TRUE)");
    }

    @Override
    String dropTrigger() {
        return "DROP TRIGGER trail_is_not_changed ON trail";
    }
}
