package dev.dunlin.node.records.jdbc;

import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.StoreFailure;
import java.sql.SQLException;
import java.util.Objects;
import org.sqlite.SQLiteErrorCode;

/** What an error of SQLite means, by its primary result code (sqlite.org/rescode.html). */
final class SqliteErrors {

    private static final int PRIMARY = 0xff;

    private SqliteErrors() {}

    static StoreFailure failure(int code) {
        return switch (SQLiteErrorCode.getErrorCode(code & PRIMARY)) {
            case SQLITE_FULL -> StoreFailure.DISK_FULL;
            case SQLITE_IOERR, SQLITE_CANTOPEN -> StoreFailure.INPUT_OUTPUT;
            case SQLITE_READONLY, SQLITE_PERM -> StoreFailure.READ_ONLY;
            case SQLITE_CORRUPT, SQLITE_NOTADB -> StoreFailure.CORRUPT;
            case SQLITE_BUSY, SQLITE_LOCKED -> StoreFailure.LOCKED;
            default -> StoreFailure.OTHER;
        };
    }

    /** At the opening an error of the statements is one of the schema that they find. */
    static RecordStoreException ofOpening(SQLException error) {
        return (error.getErrorCode() & PRIMARY) == SQLiteErrorCode.SQLITE_ERROR.code
                ? new RecordStoreException(
                        StoreFailure.CORRUPT, Objects.requireNonNullElse(error.getMessage(), ""), error)
                : of(error);
    }

    static RecordStoreException of(SQLException error) {
        return new RecordStoreException(
                failure(error.getErrorCode()), Objects.requireNonNullElse(error.getMessage(), ""), error);
    }

    /** What was read is nothing that was ever written. */
    static RecordStoreException damaged(RuntimeException by) {
        return new RecordStoreException(
                StoreFailure.CORRUPT, Objects.requireNonNullElse(by.getMessage(), by.toString()), by);
    }
}
