package dev.dunlin.node.records.jdbc;

import static dev.dunlin.node.records.jdbc.RecordStoreContract.addresses;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.at;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.key;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.dht.record.RecordKind;
import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsConfig;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.StoreFailure;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service of the file of the records: its thread, its queue, its failures and its end. */
@Timeout(60)
class SqliteRecordsTest {

    @TempDir
    private Path folder;

    private final Answers answers = new Answers();

    /** Keeps what is handed in; the first may have to wait. */
    private static final class Answers implements Port {
        private final BlockingQueue<Action> all = new LinkedBlockingQueue<>();
        private CountDownLatch open = new CountDownLatch(0);

        @Override
        public void answer(ActionId request, Action fact) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            all.add(fact);
        }

        @Override
        public <A extends Action & Action.EndsHandle> void ended(A fact) {
            throw new IllegalStateException("nothing has a handle");
        }

        @Override
        public Offer offer(Action fact) {
            throw new IllegalStateException("nothing comes by itself");
        }

        Action next() throws InterruptedException {
            return Objects.requireNonNull(all.poll(30, TimeUnit.SECONDS));
        }
    }

    private Path file() {
        return folder.resolve(SqliteRecords.FILE);
    }

    private static ActionId id(int number) {
        return new ActionId(number, 1);
    }

    private static RecordsEffect provide(int key, int peer) {
        return new RecordsEffect.StoreProvider(
                key(key),
                peer(peer),
                addresses("/ip4/8.8.8.8/tcp/1"),
                AddressFilter.PUBLIC,
                at(1),
                RecordsConfig.DEFAULT);
    }

    private static void eventually(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private int providers() throws InterruptedException {
        return answers.next() instanceof RecordsAction.Surveyed surveyed
                ? surveyed.stock().providers()
                : -1;
    }

    private Optional<StoreFailure> failure() throws InterruptedException {
        return answers.next() instanceof RecordsAction.DiskFailed failed ? Optional.of(failed.why()) : Optional.empty();
    }

    @Test
    void whatIsAskedIsAnsweredInItsOrderAndThereAfterARestart() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            for (int i = 1; i <= 1000; i++) {
                records.carryOut(id(i), provide(i, i % 7));
            }
            for (int i = 1; i <= 1000; i++) {
                assertThat(((RecordsAction.ProviderKept) answers.next()).request())
                        .isEqualTo(id(i));
            }
        }
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), new RecordsEffect.Count());
            assertThat(providers()).isEqualTo(1000);
            records.carryOut(id(2), new RecordsEffect.FindProviders(key(3)));
            assertThat(((RecordsAction.ProvidersFound) answers.next()).providers())
                    .hasSize(1);
        }
    }

    @Test
    void whatWasAskedBeforeTheCloseIsDoneAndWhatComesAfterFails() throws Exception {
        SqliteRecords records = SqliteRecords.open(file(), answers);
        for (int i = 1; i <= 500; i++) {
            records.carryOut(id(i), provide(i, 1));
        }
        records.close();
        records.close();
        assertThat(answers.all).hasSize(500).allMatch(RecordsAction.ProviderKept.class::isInstance);
        answers.all.clear();
        records.carryOut(id(501), provide(501, 1));
        assertThat(failure()).contains(StoreFailure.CLOSED);
        assertThat(Files.exists(folder.resolve(SqliteRecords.FILE + "-wal")))
                .as("its write-ahead log is in the file")
                .isFalse();
    }

    @Test
    void onlySoMuchWaits() throws Exception {
        answers.open = new CountDownLatch(1);
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), new RecordsEffect.Count());
            // The thread waits for the first of its answers to be taken, with up to a batch in its hands.
            Thread flood = Thread.ofPlatform().start(() -> {
                for (int i = 2; i < SqliteRecords.MOST_WAITING + 1_000; i++) {
                    records.carryOut(id(i), new RecordsEffect.Count());
                }
            });
            eventually(() -> records.waiting() >= SqliteRecords.MOST_WAITING);
            answers.open.countDown();
            flood.join();
            int overloaded = 0;
            for (int i = 1; i < SqliteRecords.MOST_WAITING + 1_000; i++) {
                overloaded += answers.next() instanceof RecordsAction.DiskFailed failed
                                && failed.why() == StoreFailure.OVERLOADED
                        ? 1
                        : 0;
            }
            assertThat(overloaded).isPositive();
            records.carryOut(id(1), new RecordsEffect.Count());
            assertThat(providers()).isZero();
        }
    }

    @Test
    void valuesThatWaitHaveABoundOfBytes() throws Exception {
        answers.open = new CountDownLatch(1);
        Bytes value = Bytes.of(new byte[ValueRecord.MAX_VALUE]);
        int many = (int) (SqliteRecords.MOST_BYTES / value.size()) + 500;
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(0), new RecordsEffect.Count());
            // The thread has the first of these at the most, and waits for the count to be taken.
            Thread flood = Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= many; i++) {
                    records.carryOut(id(i), store(i, value));
                }
            });
            eventually(() -> records.waitingBytes() > SqliteRecords.MOST_BYTES - value.size());
            assertThat(records.waitingBytes()).isLessThanOrEqualTo(SqliteRecords.MOST_BYTES);
            answers.open.countDown();
            flood.join();
            int overloaded = 0;
            answers.next();
            for (int i = 1; i <= many; i++) {
                overloaded += answers.next() instanceof RecordsAction.DiskFailed failed
                                && failed.why() == StoreFailure.OVERLOADED
                        ? 1
                        : 0;
            }
            assertThat(overloaded).isPositive();
            assertThat(records.waitingBytes()).isZero();
            records.carryOut(id(1), store(1, value));
            assertThat(answers.next()).isNotInstanceOf(RecordsAction.DiskFailed.class);
        }
    }

    private static RecordsEffect store(int key, Bytes value) {
        return new RecordsEffect.StoreValue(
                ValueRecord.of(key(key), value), Optional.empty(), Optional.empty(), at(1), RecordsConfig.DEFAULT);
    }

    @Test
    void aDamagedFileIsPutAsideAndAnotherBegun() throws Exception {
        byte[] damaged = "this was a database once, before the disk fell down"
                .repeat(100)
                .getBytes(StandardCharsets.US_ASCII);
        Files.write(file(), damaged);
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            assertThat(answers.next()).isInstanceOf(RecordsAction.ProviderKept.class);
        }
        assertThat(Files.readAllBytes(folder.resolve(SqliteRecords.FILE + SqliteRecords.ASIDE)))
                .isEqualTo(damaged);
    }

    @Test
    void damageThatIsFoundLaterIsToldAndTheNextRequestFindsAnotherFile() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            answers.next();
            damage("UPDATE peer SET addresses = x'0003ffffff'");
            records.carryOut(id(2), new RecordsEffect.FindProviders(key(1)));
            assertThat(failure()).contains(StoreFailure.CORRUPT);
            records.carryOut(id(3), provide(2, 1));
            assertThat(answers.next())
                    .isInstanceOfSatisfying(
                            RecordsAction.ProviderKept.class,
                            kept -> assertThat(kept.stock().providers()).isEqualTo(1));
        }
        assertThat(folder.resolve(SqliteRecords.FILE + SqliteRecords.ASIDE)).exists();
    }

    @Test
    void aRecordOfAPeerThatIsNotThereIsDamage() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            answers.next();
            damage("DELETE FROM peer");
            records.carryOut(id(2), new RecordsEffect.FindProviders(key(1)));
            assertThat(failure()).contains(StoreFailure.CORRUPT);
        }
    }

    @Test
    void whatItCountsAndHasNotIsDamage() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            answers.next();
        }
        damage("UPDATE total SET providers = 1048577");
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), new RecordsEffect.Count());
            assertThat(providers()).isZero();
        }
        assertThat(folder.resolve(SqliteRecords.FILE + SqliteRecords.ASIDE)).exists();
    }

    @Test
    void aFileOfAnotherVersionIsNotTouched() throws Exception {
        SqliteRecords.open(file(), answers).close();
        damage("PRAGMA user_version = 2");
        byte[] before = Files.readAllBytes(file());
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> SqliteRecords.open(file(), answers))
                .withMessageContaining("another version");
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void whatWasPutAsideIsKept() throws Exception {
        for (int i = 0; i < SqliteRecords.MOST_ASIDE + 2; i++) {
            Files.write(file(), ("no database " + i).repeat(1000).getBytes(StandardCharsets.US_ASCII));
            SqliteRecords.open(file(), answers).close();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(each -> each.getFileName().toString().contains(SqliteRecords.ASIDE)))
                    .hasSize(SqliteRecords.MOST_ASIDE);
        }
        assertThat(folder.resolve(SqliteRecords.FILE + SqliteRecords.ASIDE))
                .content()
                .startsWith("no database 0");
    }

    @Test
    void aFileThatIsRemovedIsToldAndAnotherBegun() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            answers.next();
            Files.delete(file());
            Optional<StoreFailure> failure = Optional.empty();
            for (int i = 2; failure.isEmpty(); i++) {
                records.carryOut(id(i), provide(i, 1));
                failure = failure();
            }
            assertThat(failure).contains(StoreFailure.INPUT_OUTPUT);
            records.carryOut(id(1), new RecordsEffect.Count());
            assertThat(providers()).isZero();
            assertThat(file()).exists();
        }
    }

    @Test
    void aPathMayHaveAnyName() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("a?journal_mode=delete&b #1%20"));
        SqliteRecords.open(odd.resolve(SqliteRecords.FILE), answers).close();
        assertThat(odd.resolve(SqliteRecords.FILE)).exists();
    }

    /** Whatever bit of a file is another: what it answers ends, and what has expired goes, or it is damage. */
    @Test
    void anyBitMayFlip() throws Exception {
        Path whole = folder.resolve("whole.db");
        try (SqliteRecords records = SqliteRecords.open(whole, answers)) {
            for (int i = 1; i <= 60; i++) {
                records.carryOut(id(i), provide(i, i % 7));
                answers.next();
            }
        }
        byte[] sound = Files.readAllBytes(whole);
        Random random = new Random(1);
        for (int i = 0; i < 150; i++) {
            byte[] flipped = sound.clone();
            int at = random.nextInt(flipped.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Path one = folder.resolve("flipped-" + i + ".db");
            Files.write(one, flipped);
            SqliteRecords records;
            try {
                records = SqliteRecords.open(one, answers);
            } catch (RecordStoreException told) {
                continue;
            }
            try (records) {
                int left = -1;
                for (int tries = 1; tries <= 8 && left != 0; tries++) {
                    records.carryOut(
                            id(tries),
                            new RecordsEffect.Collect(
                                    RecordKind.PROVIDERS, at(1_000_000_000_000_000L), RecordsConfig.DEFAULT, 64));
                    left = answers.next() instanceof RecordsAction.Collected collected
                            ? collected.stock().providers()
                            : -1;
                }
                assertThat(left).as("bit of byte %d", at).isZero();
            }
        }
    }

    @Test
    void anErrorLeavesTheFileAsItWasAndItGoesOn() throws Exception {
        try (SqliteRecords records = SqliteRecords.open(file(), answers)) {
            records.carryOut(id(1), provide(1, 1));
            answers.next();
            damage("CREATE TRIGGER no BEFORE INSERT ON provided BEGIN SELECT RAISE(ABORT, 'not now'); END");
            records.carryOut(id(2), provide(2, 2));
            assertThat(failure()).contains(StoreFailure.OTHER);
            damage("DROP TRIGGER no");
            records.carryOut(id(3), new RecordsEffect.Count());
            assertThat(providers()).isEqualTo(1);
            records.carryOut(id(4), provide(2, 2));
            assertThat(answers.next()).isInstanceOf(RecordsAction.ProviderKept.class);
        }
    }

    @Test
    void aPlaceThatIsNotThereIsToldByName() {
        Path nowhere = folder.resolve("nowhere").resolve("records.db");
        assertThatExceptionOfType(RecordStoreException.class)
                .isThrownBy(() -> SqliteRecords.open(nowhere, answers))
                .withMessageContaining(nowhere.toString());
    }

    private void damage(String sql) throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = other.createStatement()) {
            statement.execute(sql);
        }
    }
}
