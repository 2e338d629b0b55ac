package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * A ledger in a schema of a PostgreSQL server, which several nodes and processes may share: what a transaction has written is on the server's disk
 * when it is done. A connection that has broken is replaced by the next transaction; none is run twice. Thread-safe; one transaction goes on at a
 * time, of all that use the schema.
 */
public final class PostgresLedger implements Transactions, AutoCloseable {

    private final PostgresPool pool;

    private PostgresLedger(PostgresPool pool) {
        this.pool = pool;
    }

    /**
     * Connects, and makes the schema and its tables if there are none.
     *
     * @throws LedgerException if it cannot, or the schema is another program's, or a later version's
     */
    public static PostgresLedger open(PostgresSettings settings) {
        try {
            return new PostgresLedger(PostgresPool.open(settings));
        } catch (SQLException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public <T> T in(Function<LedgerStore, T> work) {
        try (PostgresPool.Begun begun = pool.begin(PostgresPool.Lock.LEDGER)) {
            T given = work.apply(new JdbcLedger(begun.connection()));
            begun.commit();
            return given;
        } catch (SQLException e) {
            throw new LedgerException(pool.sentence(e), e);
        } catch (LedgerException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw new LedgerException(pool.sentence(cause), e);
            }
            throw e;
        }
    }

    /** Closes the connections. Never throws. */
    @Override
    public void close() {
        pool.close();
    }
}
