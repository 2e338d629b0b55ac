package dev.dunlin.node.records.jdbc;

import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.StoreFailure;
import java.sql.SQLException;
import java.util.Objects;

/** What an error of SQLite means, by its primary result code (sqlite.org/rescode.html). */
final class SqliteErrors {

    private static final int PRIMARY = 0xff;
    private static final int ERROR = 1;
    private static final int PERM = 3;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READONLY = 8;
    private static final int IOERR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int NOTADB = 26;

    private SqliteErrors() {}

    static StoreFailure failure(int code) {
        return switch (code & PRIMARY) {
            case FULL -> StoreFailure.DISK_FULL;
            case IOERR, CANTOPEN -> StoreFailure.INPUT_OUTPUT;
            case READONLY, PERM -> StoreFailure.READ_ONLY;
            case CORRUPT, NOTADB -> StoreFailure.CORRUPT;
            case BUSY, LOCKED -> StoreFailure.LOCKED;
            default -> StoreFailure.OTHER;
        };
    }

    /** At the opening an error of the statements is one of the schema that they find. */
    static RecordStoreException ofOpening(SQLException error) {
        return (error.getErrorCode() & PRIMARY) == ERROR
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
