package dev.dunlin.node.records.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.record.RecordStore;
import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.Stock;
import dev.dunlin.dht.record.StoreFailure;
import dev.dunlin.dht.table.AddressFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends RecordStoreContract {

    @TempDir
    private Path folder;

    private SqliteStore store;

    @BeforeEach
    void open() {
        store = SqliteStore.open(file());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path file() {
        return folder.resolve(SqliteRecords.FILE);
    }

    @Override
    protected RecordStore store() {
        return store;
    }

    private void fill() {
        store.begin();
        for (int i = 0; i < 10; i++) {
            store.putProvider(
                    key(i), TypeArbitraries.peer(i % 3), addresses("/ip4/8.8.8.8/tcp/1"), AddressFilter.PUBLIC, at(i));
            store.putValue(key(i), value(5, i), Optional.of(TypeArbitraries.peer(1)), at(i));
        }
        store.commit();
    }

    @Test
    void whatIsCommittedIsThereAgain() {
        fill();
        Stock before = store.stock();
        store.close();
        store = SqliteStore.open(file());
        Stock after = store.stock();
        assertThat(after.fileBytes()).isPositive();
        assertThat(after.oldestProvider()).isEqualTo(before.oldestProvider());
        assertThat(after.providers()).isEqualTo(10);
        assertThat(after.peers()).isEqualTo(3);
        assertThat(after.keys()).isEqualTo(10);
        assertThat(after.values()).isEqualTo(10);
        assertThat(after.valueBytes()).isEqualTo(90);
        assertThat(after.senders()).isEqualTo(1);
        assertThat(store.value(key(3)).orElseThrow().value()).isEqualTo(value(5, 3));
    }

    @Test
    void whatIsRolledBackIsNot() {
        fill();
        Stock before = store.stock();
        store.begin();
        store.dropProviders(key(0), 1);
        store.dropValue(key(1));
        store.rollback();
        assertThat(counted(store.stock())).isEqualTo(counted(before));
        assertThat(store.providers(key(0)).all()).hasSize(1);
    }

    @Test
    void itsPragmasAreInForce() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = other.createStatement();
                var row = statement.executeQuery("PRAGMA journal_mode")) {
            assertThat(row.getString(1)).isEqualTo("wal");
        }
        assertThat(store.pragma("synchronous")).as("normal").isEqualTo(1);
        assertThat(store.pragma("busy_timeout")).isEqualTo(5000);
    }

    @Test
    void whatIsNoDatabaseIsCorrupt() throws IOException {
        Path other = Files.write(
                folder.resolve("other.db"),
                "no database at all, and long enough".repeat(50).getBytes(StandardCharsets.US_ASCII));
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> SqliteStore.open(other))
                .satisfies(thrown -> assertThat(thrown.why()).isEqualTo(StoreFailure.CORRUPT));
    }

    @Test
    void aDatabaseOfAnotherProgramIsNotTouched() throws SQLException {
        Path other = folder.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE precious (it TEXT)");
        }
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> SqliteStore.open(other))
                .withMessageContaining("of another program");
    }

    @Test
    void aPlaceThatIsNotThereIsAnErrorOfTheDisk() {
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> SqliteStore.open(folder.resolve("nowhere").resolve("records.db")))
                .satisfies(thrown -> assertThat(thrown.why()).isEqualTo(StoreFailure.INPUT_OUTPUT));
    }

    @Test
    void errorsAreTypedByTheirCodes() {
        assertThat(SqliteErrors.failure(13)).isEqualTo(StoreFailure.DISK_FULL);
        assertThat(SqliteErrors.failure(10 | 3 << 8)).isEqualTo(StoreFailure.INPUT_OUTPUT);
        assertThat(SqliteErrors.failure(14)).isEqualTo(StoreFailure.INPUT_OUTPUT);
        assertThat(SqliteErrors.failure(8 | 1 << 8)).isEqualTo(StoreFailure.READ_ONLY);
        assertThat(SqliteErrors.failure(11)).isEqualTo(StoreFailure.CORRUPT);
        assertThat(SqliteErrors.failure(26)).isEqualTo(StoreFailure.CORRUPT);
        assertThat(SqliteErrors.failure(5 | 2 << 8)).isEqualTo(StoreFailure.LOCKED);
        assertThat(SqliteErrors.failure(1)).isEqualTo(StoreFailure.OTHER);
    }

    @Test
    void aDiskWithoutRoomIsFullAndWorksOnceThereIsSome() {
        fill();
        Stock before = store.stock();
        long pages = store.pragma("page_count");
        store.pragma("max_page_count = " + pages);
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> {
                    store.begin();
                    for (int i = 0; i < 1000; i++) {
                        store.putValue(key(100 + i), value(1000, 1), Optional.empty(), at(20));
                    }
                    store.commit();
                })
                .satisfies(thrown -> assertThat(thrown.why()).isEqualTo(StoreFailure.DISK_FULL));
        store.close();
        store = SqliteStore.open(file());
        assertThat(counted(store.stock())).isEqualTo(counted(before));
        fill();
        assertThat(store.values()).isEqualTo(10);
    }
}
