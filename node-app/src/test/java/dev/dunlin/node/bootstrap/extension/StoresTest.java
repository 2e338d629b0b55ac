package dev.dunlin.node.bootstrap.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.LedgerConfig;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.state.Table;
import dev.dunlin.node.bootstrap.DatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a node's ledger and databases are. */
class StoresTest {

    private static final String NAME = RedemptionNames.of(Head.NONE.hash(), "peer", "key");
    private static final LedgerConfig STANDARD = LedgerConfig.of(Table.empty());

    @TempDir
    private Path home;

    private Optional<BootstrapPlaces> places() {
        return Optional.of(new BootstrapPlaces(home.resolve("tokens.db"), home.resolve("tallies")));
    }

    @Test
    void filesComeIntoBeingWhenTheyAreNeeded() throws InterruptedException, IOException {
        try (Stores stores = Stores.of(STANDARD, places(), Between.NOTHING)) {
            assertThat(stores.isUntouched()).isTrue();
            assertThat(stores.own().find(NAME)).isEmpty();
            assertThat(stores.own().names("", 10)).isEmpty();
            stores.own().remove(NAME);
            assertThat(home).isEmptyDirectory();

            assertThat(stores.ledger().in(LedgerStore::head)).isEqualTo(Head.NONE);
            assertThat(stores.isUntouched()).isFalse();
            assertThat(home.resolve("tokens.db")).exists();
            stores.own().make(NAME, Role.STOCK);
            assertThat(stores.ofLinks().find(NAME)).isEmpty();
            stores.ofLinks().make(NAME, Role.FOIL);
        }
        try (Stores stores = Stores.of(STANDARD, places(), Between.NOTHING)) {
            assertThat(stores.isUntouched()).isFalse();
            assertThat(stores.own().find(NAME)).isPresent();
            stores.own().remove(NAME);
            assertThat(stores.own().find(NAME)).isEmpty();
            assertThat(stores.ofLinks().find(NAME)).isPresent();
        }
    }

    @Test
    void aLedgerThatIsNoneIsToldAtTheStart() throws IOException {
        Files.writeString(home.resolve("tokens.db"), "this is no database, but a text that is long enough to be read");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> Stores.of(STANDARD, places(), Between.NOTHING));
    }

    @Test
    void whatIsClosedIsNotOpenedAgain() {
        Stores stores = Stores.of(STANDARD, places(), Between.NOTHING);
        stores.close();
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> stores.ledger().in(LedgerStore::head));
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void aNodeWithoutADirectoryMakesNoDatabases() {
        try (Stores stores = Stores.of(STANDARD, Optional.empty(), Between.NOTHING)) {
            assertThat(stores.ledger().in(LedgerStore::head)).isEqualTo(Head.NONE);
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> stores.own().make(NAME, Role.STOCK))
                    .withMessageContaining("--data-dir");
        }
    }

    @Test
    void aPasswordThatCannotBeReadIsToldWithItsSetting() {
        LedgerConfig config = LedgerConfig.of(Table.<String, String>empty()
                .with("ledger.store", "postgresql")
                .with("ledger.url", "jdbc:postgresql://127.0.0.1:1/none")
                .with("ledger.user", "nobody")
                .with("ledger.passwordFile", home.resolve("none").toString()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Stores.of(config, places(), Between.NOTHING))
                .withMessageContaining("ledger.passwordFile");
    }
}
