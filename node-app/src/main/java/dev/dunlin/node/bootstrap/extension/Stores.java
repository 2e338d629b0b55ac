package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.ledger.LedgerConfig;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner;
import dev.dunlin.node.bootstrap.jdbc.PostgresLedger;
import dev.dunlin.node.bootstrap.jdbc.PostgresSettings;
import dev.dunlin.node.bootstrap.jdbc.PostgresTallies;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Where a node's ledger and the databases of its tallies are. Files are made when they are needed for the first time. */
final class Stores implements AutoCloseable {

    /** The directories of databases, below one. */
    private static final String OF_TOKENS = "stock";

    private static final String OF_LINKS = "foil";

    /** What the node's second schema in a server's database ends in: of the databases for links. */
    private static final String LINKS = "_links";

    private static final int CONNECTIONS = 8;

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final Transactions ledger;
    private final Provisioner own;
    private final Provisioner ofLinks;
    private final BooleanSupplier isUntouched;
    private final List<AutoCloseable> open;

    private Stores(
            Transactions ledger,
            Provisioner own,
            Provisioner ofLinks,
            BooleanSupplier isUntouched,
            List<AutoCloseable> open) {
        this.ledger = ledger;
        this.own = own;
        this.ofLinks = ofLinks;
        this.isUntouched = isUntouched;
        this.open = open;
    }

    /**
     * As it is configured. What there is of files is opened at once, so that what is wrong with it is told at the start.
     *
     * @param places empty for a node that has no directory: its ledger is in memory, and it makes no databases
     * @throws RuntimeException if something cannot be opened; the message says why
     */
    static Stores of(LedgerConfig config, Optional<BootstrapPlaces> places, Between between) {
        return config.store() == LedgerConfig.Engine.POSTGRESQL
                ? inServer(config)
                : places.map(found -> inFiles(config, found, between)).orElseGet(Stores::inMemory);
    }

    private static Stores inMemory() {
        MemoryLedger ledger = new MemoryLedger();
        NoDatabases none = new NoDatabases();
        return new Stores(ledger::inTransaction, none, none, () -> false, List.of());
    }

    private static Stores inFiles(LedgerConfig config, BootstrapPlaces places, Between between) {
        Lazy<SqliteLedger> ledger = new Lazy<>(() -> SqliteLedger.open(places.ledger()));
        LazyProvisioner own = provisioner(config, places.tallies(), OF_TOKENS, between);
        LazyProvisioner ofLinks = provisioner(config, places.tallies(), OF_LINKS, between);
        if (Files.exists(places.ledger())) {
            ledger.get();
        }
        return new Stores(
                between.ledger(new Transactions() {
                    @Override
                    public <T> T in(Function<LedgerStore, T> work) {
                        return ledger.get().in(work);
                    }
                }),
                own,
                ofLinks,
                () -> !ledger.isOpen() && !Files.exists(places.ledger()),
                List.of(ledger, own, ofLinks));
    }

    /** Opened at once: that a server cannot be reached is told at the start. */
    private static Stores inServer(LedgerConfig config) {
        PostgresSettings settings = settings(config, config.schema());
        PostgresLedger ledger = PostgresLedger.open(settings);
        PostgresTallies own = PostgresTallies.open(settings, config.maxDatabases(), config.maxBytes());
        // Databases for links are made as the first of them is.
        LazyProvisioner ofLinks = new LazyProvisioner(
                new Lazy<>(() -> PostgresTallies.open(
                        settings(config, config.schema() + LINKS), config.maxDatabases(), config.maxBytes())),
                () -> true);
        return new Stores(ledger, own, ofLinks, () -> false, List.of(ledger, own, ofLinks));
    }

    private static PostgresSettings settings(LedgerConfig config, String schema) {
        return new PostgresSettings(
                config.url(),
                config.user(),
                password(config.passwordFile()),
                CONNECTIONS,
                schema,
                Optional.of(config.publicHost()).filter(host -> !host.isEmpty()));
    }

    private static String password(String file) {
        if (file.isEmpty()) {
            return "";
        }
        try {
            Path path = Path.of(file);
            if (Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
                throw new IllegalArgumentException("the file of ledger.passwordFile, " + file
                        + ", can be read or written by other users: run 'chmod 600 " + file + "'");
            }
            return Files.readString(path).strip();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "the file of ledger.passwordFile, " + file
                            + ", cannot be read: see that it is there, and may be read",
                    e);
        }
    }

    private static LazyProvisioner provisioner(LedgerConfig config, Path tallies, String name, Between between) {
        SqliteTallies.Limits limits =
                new SqliteTallies.Limits(config.maxDatabases(), config.maxBytes(), config.minFree());
        Path directory = tallies.resolve(name);
        return new LazyProvisioner(
                new Lazy<>(() -> {
                    make(tallies);
                    return between.tallies(directory, limits);
                }),
                () -> Files.exists(directory));
    }

    private static void make(Path directory) {
        try {
            if (Files.notExists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new DatabaseException(
                    "the directory of databases " + directory + " cannot be made: " + e.getMessage(), e);
        }
    }

    Transactions ledger() {
        return ledger;
    }

    /** The databases for those who come with this node's tokens. */
    Provisioner own() {
        return own;
    }

    /** The databases for links of others. */
    Provisioner ofLinks() {
        return ofLinks;
    }

    /** Whether nothing is there, and nothing has to be put in order. */
    boolean isUntouched() {
        return isUntouched.getAsBoolean();
    }

    @Override
    public void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("what never throws when it is closed has thrown", e);
            }
        }
    }

    /** Of a node that has no directory. */
    private static final class NoDatabases implements Provisioner {

        @Override
        public Tally make(String name, Role role) {
            throw new DatabaseException(
                    "this node has no directory for databases: start it with one (--data-dir), or give it hooks of your own");
        }

        @Override
        public Usage usage() {
            return new Usage(0, 0);
        }

        @Override
        public Optional<Tally> find(String redemption) {
            return Optional.empty();
        }

        @Override
        public void remove(String redemption) {
            // There is nothing.
        }

        @Override
        public List<String> names(String after, int most) {
            return List.of();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
