package dev.dunlin.node.records.jdbc;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.record.HeldValue;
import dev.dunlin.dht.record.Moment;
import dev.dunlin.dht.record.Provided;
import dev.dunlin.dht.record.Provider;
import dev.dunlin.dht.record.Providers;
import dev.dunlin.dht.record.RecordStore;
import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.Stock;
import dev.dunlin.dht.record.StoreFailure;
import dev.dunlin.dht.record.ValueStore;
import dev.dunlin.dht.table.AddressFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.sqlite.JDBC;

/**
 * A store of records in an SQLite file. What is done between {@link #begin} and {@link #commit} is done as a whole or not at all. After a
 * {@link RecordStoreException} it is to be closed, which rolls back, and opened anew: the driver has closed the statement that failed. Not
 * thread-safe.
 */
final class SqliteStore implements RecordStore, AutoCloseable {

    /** "Dunl", by which {@code file} and others know whose file it is. */
    private static final int APPLICATION = 0x44756e6c;

    private static final int VERSION = 1;

    private static final String[] SCHEMA = {
        "CREATE TABLE value (key BLOB PRIMARY KEY, value BLOB NOT NULL, size INTEGER NOT NULL, sender BLOB,"
                + " received INTEGER NOT NULL, received_wall INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX value_received ON value (received)",
        "CREATE INDEX value_sender ON value (sender, size) WHERE sender IS NOT NULL",
        "CREATE TABLE peer (id INTEGER PRIMARY KEY, peer BLOB NOT NULL UNIQUE, addresses BLOB NOT NULL,"
                + " received INTEGER NOT NULL, received_wall INTEGER NOT NULL, records INTEGER NOT NULL)",
        "CREATE TABLE provided (key BLOB NOT NULL, peer INTEGER NOT NULL, received INTEGER NOT NULL,"
                + " received_wall INTEGER NOT NULL, PRIMARY KEY (key, peer)) WITHOUT ROWID",
        "CREATE UNIQUE INDEX provided_received ON provided (received)",
        "CREATE TABLE total (id INTEGER PRIMARY KEY CHECK (id = 1), vals INTEGER NOT NULL, value_bytes INTEGER NOT NULL,"
                + " senders INTEGER NOT NULL, providers INTEGER NOT NULL, keys INTEGER NOT NULL, peers INTEGER NOT NULL)",
        "INSERT INTO total VALUES (1, 0, 0, 0, 0, 0, 0)",
        "PRAGMA application_id = " + APPLICATION,
        "PRAGMA user_version = " + VERSION
    };

    /** So long the size of the file is not looked at, nanoseconds. */
    private static final long MEASURED_EACH = 1_000_000_000;

    private final Path file;
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement findValue;
    private final PreparedStatement oldestValues;
    private final PreparedStatement findShare;
    private final PreparedStatement putValue;
    private final PreparedStatement dropValue;
    private final PreparedStatement findProviders;
    private final PreparedStatement findPeer;
    private final PreparedStatement oldestKeys;
    private final PreparedStatement addPeer;
    private final PreparedStatement movePeer;
    private final PreparedStatement countPeer;
    private final PreparedStatement dropPeer;
    private final PreparedStatement putProvided;
    private final PreparedStatement dropProvided;
    private final PreparedStatement oldestValue;
    private final PreparedStatement oldestProvided;
    private final PreparedStatement readTotal;
    private final PreparedStatement writeTotal;

    private Total total = new Total(0, 0, 0, 0, 0, 0);
    private Total written = total;
    private long lastValue;
    private long lastProvided;
    private long fileBytes;
    private long measuredAt;

    /** Several rules look at one key, one after the other. */
    private Optional<Bytes> lookedAt = Optional.empty();

    private Providers seen = new Providers(List.of());

    private record Total(int values, long valueBytes, int senders, int providers, int keys, int peers) {

        Total values(int more, long bytes, int moreSenders) {
            return new Total(values + more, valueBytes + bytes, senders + moreSenders, providers, keys, peers);
        }

        Total providers(int more, int moreKeys, int morePeers) {
            return new Total(values, valueBytes, senders, providers + more, keys + moreKeys, peers + morePeers);
        }
    }

    private record Row(long id, Provider provider) {}

    private SqliteStore(Path file, Connection connection) throws SQLException {
        this.file = file;
        this.connection = connection;
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        rollback = connection.prepareStatement("ROLLBACK");
        findValue =
                connection.prepareStatement("SELECT value, sender, received, received_wall FROM value WHERE key = ?");
        oldestValues = connection.prepareStatement("SELECT key FROM value ORDER BY received LIMIT ?");
        findShare = connection.prepareStatement("SELECT count(*), coalesce(sum(size), 0) FROM value WHERE sender = ?");
        putValue = connection.prepareStatement("INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)");
        dropValue = connection.prepareStatement("DELETE FROM value WHERE key = ?");
        // A record of a peer that is not there is damage, and not to be passed over.
        findProviders = connection.prepareStatement("SELECT peer.peer, provided.received, provided.received_wall"
                + " FROM provided LEFT JOIN peer ON peer.id = provided.peer WHERE key = ? ORDER BY provided.received");
        findPeer = connection.prepareStatement(
                "SELECT id, addresses, received, received_wall, records FROM peer WHERE peer = ?");
        oldestKeys = connection.prepareStatement("SELECT key FROM provided ORDER BY received");
        addPeer = connection.prepareStatement(
                "INSERT INTO peer (peer, addresses, received, received_wall, records) VALUES (?, ?, ?, ?, ?)"
                        + " RETURNING id");
        movePeer = connection.prepareStatement(
                "UPDATE peer SET addresses = ?, received = ?, received_wall = ?, records = ? WHERE id = ?");
        countPeer = connection.prepareStatement("UPDATE peer SET records = ? WHERE id = ?");
        dropPeer = connection.prepareStatement("DELETE FROM peer WHERE id = ?");
        putProvided = connection.prepareStatement("INSERT INTO provided VALUES (?, ?, ?, ?) ON CONFLICT (key, peer)"
                + " DO UPDATE SET received = excluded.received, received_wall = excluded.received_wall");
        dropProvided = connection.prepareStatement("DELETE FROM provided WHERE key = ? AND peer = ?");
        oldestValue =
                connection.prepareStatement("SELECT received, received_wall FROM value ORDER BY received LIMIT 1");
        oldestProvided =
                connection.prepareStatement("SELECT received, received_wall FROM provided ORDER BY received LIMIT 1");
        readTotal = connection.prepareStatement("SELECT vals, value_bytes, senders, providers, keys, peers FROM total");
        writeTotal = connection.prepareStatement(
                "UPDATE total SET vals = ?, value_bytes = ?, senders = ?, providers = ?, keys = ?, peers = ?");
    }

    /**
     * Opens a file, and makes it if there is none.
     *
     * @throws RecordStoreException if it cannot; {@link StoreFailure#CORRUPT} if what is there is no such file
     */
    static SqliteStore open(Path file) {
        // Of several pragmas in one statement only the first is run: they are properties.
        Properties pragmas = new Properties();
        pragmas.setProperty("journal_mode", "WAL");
        pragmas.setProperty("synchronous", "NORMAL");
        pragmas.setProperty("busy_timeout", "5000");
        pragmas.setProperty("journal_size_limit", Integer.toString(64 << 20));
        pragmas.setProperty("cache_size", "-16384");
        try {
            // As a URI, since the driver takes what follows a '?' in a path for settings; not by the DriverManager,
            // which loads
            // the drivers of all engines.
            Connection connection = JDBC.createConnection("jdbc:sqlite:" + file.toUri(), pragmas);
            try {
                prepare(connection);
                SqliteStore store = new SqliteStore(file, connection);
                store.load();
                store.tryToWrite();
                return store;
            } catch (SQLException | RuntimeException e) {
                closed(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw SqliteErrors.ofOpening(e);
        }
    }

    private static void closed(Connection connection, Exception because) {
        try {
            connection.close();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long version = number(statement, "PRAGMA user_version");
            long tables = number(statement, "SELECT count(*) FROM sqlite_schema");
            if (version == 0 && tables == 0) {
                statement.execute("BEGIN IMMEDIATE");
                for (String each : SCHEMA) {
                    statement.execute(each);
                }
                statement.execute("COMMIT");
            } else if (version != VERSION || number(statement, "PRAGMA application_id") != APPLICATION) {
                throw new RecordStoreException(
                        StoreFailure.OTHER,
                        "it is of another program, or of another version of Dunlin (" + version + ", not " + VERSION
                                + "): move it away, or run what made it",
                        new IOException());
            }
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private void load() throws SQLException {
        try (ResultSet row = readTotal.executeQuery()) {
            if (!row.next()) {
                throw new RecordStoreException(StoreFailure.CORRUPT, "it has no totals", new IOException());
            }
            total = new Total(
                    row.getInt(1), row.getLong(2), row.getInt(3), row.getInt(4), row.getInt(5), row.getInt(6));
        }
        written = total;
        lookedAt = Optional.empty();
        try (Statement statement = connection.createStatement()) {
            lastValue = number(statement, "SELECT coalesce(max(received), -9223372036854775808) FROM value");
            lastProvided = number(statement, "SELECT coalesce(max(received), -9223372036854775808) FROM provided");
        }
        measure();
    }

    /** What cannot be written is told before it is needed. */
    private void tryToWrite() {
        begin();
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE total SET id = 1");
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        run(commit);
    }

    /**
     * Looks at all of it: whether its pages are sound, and what it counts is there.
     *
     * @throws RecordStoreException {@link StoreFailure#CORRUPT} if not
     */
    void check() {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
                if (row.next() && !"ok".equals(row.getString(1))) {
                    throw RecordStoreException.damaged(row.getString(1));
                }
            }
            Total counted = new Total(
                    (int) number(statement, "SELECT count(*) FROM value"),
                    number(statement, "SELECT coalesce(sum(length(key) + length(value)), 0) FROM value"),
                    (int) number(statement, "SELECT count(DISTINCT sender) FROM value"),
                    (int) number(statement, "SELECT count(*) FROM provided"),
                    (int) number(statement, "SELECT count(DISTINCT key) FROM provided"),
                    (int) number(statement, "SELECT count(*) FROM peer"));
            boolean isWhole = counted.equals(total)
                    && number(statement, "SELECT coalesce(sum(records), 0) FROM peer") == counted.providers()
                    && number(statement, "SELECT coalesce(sum(size), 0) FROM value") == counted.valueBytes()
                    && number(
                                    statement,
                                    "SELECT count(*) FROM provided LEFT JOIN peer ON peer.id = provided.peer"
                                            + " WHERE peer.id IS NULL")
                            == 0;
            if (!isWhole) {
                throw RecordStoreException.damaged("it counts " + total + ", and has " + counted);
            }
        } catch (SQLException e) {
            throw SqliteErrors.ofOpening(e);
        }
    }

    private void measure() {
        measuredAt = System.nanoTime();
        fileBytes = files(file).stream().mapToLong(SqliteStore::size).sum();
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException gone) {
            // A checkpoint has taken it away.
            return 0;
        }
    }

    /** The file and what SQLite keeps beside it. */
    static List<Path> files(Path file) {
        return List.of(file, beside(file, "-wal"), beside(file, "-shm"));
    }

    private static Path beside(Path file, String end) {
        return file.resolveSibling(file.getFileName() + end);
    }

    /** Sets or reads a pragma of this connection; for tests. */
    long pragma(String pragma) {
        try (Statement statement = connection.createStatement()) {
            return number(statement, "PRAGMA " + pragma);
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    // Transactions

    void begin() {
        run(begin);
    }

    void commit() {
        try {
            if (!total.equals(written)) {
                writeTotal.setInt(1, total.values());
                writeTotal.setLong(2, total.valueBytes());
                writeTotal.setInt(3, total.senders());
                writeTotal.setInt(4, total.providers());
                writeTotal.setInt(5, total.keys());
                writeTotal.setInt(6, total.peers());
                writeTotal.executeUpdate();
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        run(commit);
        written = total;
        if (System.nanoTime() - measuredAt > MEASURED_EACH) {
            measure();
            if (!Files.exists(file)) {
                throw new RecordStoreException(
                        StoreFailure.INPUT_OUTPUT, "somebody has removed it; another is begun", new IOException());
            }
        }
    }

    /** As if nothing had been done since {@link #begin}. */
    void rollback() {
        run(rollback);
        try {
            load();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    private static void run(PreparedStatement statement) {
        try {
            statement.execute();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    // Values

    @Override
    public Optional<HeldValue> value(Bytes key) {
        try {
            findValue.setBytes(1, key.toArray());
            try (ResultSet row = findValue.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                byte[] sender = row.getBytes(2);
                return Optional.of(new HeldValue(
                        Bytes.of(row.getBytes(1)),
                        sender == null ? Optional.empty() : Optional.of(peer(sender)),
                        row.getLong(3),
                        row.getLong(4)));
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    private static PeerId peer(byte[] bytes) {
        try {
            return PeerId.fromBytes(bytes);
        } catch (RuntimeException e) {
            throw SqliteErrors.damaged(e);
        }
    }

    @Override
    public List<Bytes> oldestValues(int most) {
        try {
            oldestValues.setInt(1, most);
            List<Bytes> keys = new ArrayList<>();
            try (ResultSet rows = oldestValues.executeQuery()) {
                while (rows.next()) {
                    keys.add(Bytes.of(rows.getBytes(1)));
                }
            }
            return keys;
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    @Override
    public ValueStore.Share share(PeerId sender) {
        try {
            findShare.setBytes(1, sender.toBytes());
            try (ResultSet row = findShare.executeQuery()) {
                return row.next() ? new ValueStore.Share(row.getInt(1), row.getLong(2)) : new ValueStore.Share(0, 0);
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    @Override
    public int values() {
        return total.values();
    }

    @Override
    public long valueBytes() {
        return total.valueBytes();
    }

    @Override
    public void putValue(Bytes key, Bytes value, Optional<PeerId> sender, Moment now) {
        dropValue(key);
        long size = (long) key.size() + value.size();
        boolean isNewSender = sender.filter(peer -> share(peer).values() == 0).isPresent();
        lastValue = Math.max(now.now(), lastValue + 1);
        try {
            putValue.setBytes(1, key.toArray());
            putValue.setBytes(2, value.toArray());
            putValue.setLong(3, size);
            putValue.setBytes(4, sender.map(PeerId::toBytes).orElse(null));
            putValue.setLong(5, lastValue);
            putValue.setLong(6, now.wall());
            putValue.executeUpdate();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        total = total.values(1, size, isNewSender ? 1 : 0);
    }

    @Override
    public void dropValue(Bytes key) {
        Optional<HeldValue> held = value(key);
        if (held.isEmpty()) {
            return;
        }
        try {
            dropValue.setBytes(1, key.toArray());
            dropValue.executeUpdate();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        boolean wasLast =
                held.get().sender().filter(peer -> share(peer).values() == 0).isPresent();
        total = total.values(-1, -((long) key.size() + held.get().value().size()), wasLast ? -1 : 0);
    }

    // Provider records

    @Override
    public Providers providers(Bytes key) {
        if (lookedAt.equals(Optional.of(key))) {
            return seen;
        }
        List<Provided> all = new ArrayList<>();
        try {
            findProviders.setBytes(1, key.toArray());
            try (ResultSet rows = findProviders.executeQuery()) {
                while (rows.next()) {
                    all.add(new Provided(peer(rows.getBytes(1)), rows.getLong(2), rows.getLong(3)));
                }
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        lookedAt = Optional.of(key);
        seen = new Providers(all);
        return seen;
    }

    @Override
    public Optional<Provider> provider(PeerId peer) {
        return row(peer).map(Row::provider);
    }

    private Optional<Row> row(PeerId peer) {
        try {
            findPeer.setBytes(1, peer.toBytes());
            try (ResultSet row = findPeer.executeQuery()) {
                return row.next()
                        ? Optional.of(new Row(
                                row.getLong(1),
                                new Provider(
                                        addresses(row.getBytes(2)), row.getLong(3), row.getLong(4), row.getInt(5))))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    private static List<Bytes> addresses(byte[] blob) {
        try {
            return AddressBlob.read(blob);
        } catch (RuntimeException e) {
            throw SqliteErrors.damaged(e);
        }
    }

    @Override
    public List<Bytes> oldestKeys(int most) {
        Set<Bytes> keys = new LinkedHashSet<>();
        try (ResultSet rows = oldestKeys.executeQuery()) {
            while (keys.size() < most && rows.next()) {
                keys.add(Bytes.of(rows.getBytes(1)));
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        return List.copyOf(keys);
    }

    @Override
    public int providerKeys() {
        return total.keys();
    }

    @Override
    public int providerRecords() {
        return total.providers();
    }

    @Override
    public void putProvider(Bytes key, PeerId peer, List<Multiaddr> addresses, AddressFilter filter, Moment now) {
        Providers before = providers(key);
        int more = before.has(peer) ? 0 : 1;
        lookedAt = Optional.empty();
        lastProvided = Math.max(now.now(), lastProvided + 1);
        Optional<Row> known = row(peer);
        try {
            long id = known.isPresent()
                    ? moved(
                            known.get(),
                            known.get().provider().moved(addresses, filter, now).counted(more))
                    : added(peer, Provider.at(addresses, now));
            putProvided.setBytes(1, key.toArray());
            putProvided.setLong(2, id);
            putProvided.setLong(3, lastProvided);
            putProvided.setLong(4, now.wall());
            putProvided.executeUpdate();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        total = total.providers(more, before.all().isEmpty() ? 1 : 0, known.isPresent() ? 0 : 1);
    }

    private long moved(Row before, Provider after) throws SQLException {
        movePeer.setBytes(1, AddressBlob.write(after.addresses()));
        movePeer.setLong(2, after.received());
        movePeer.setLong(3, after.receivedWall());
        movePeer.setInt(4, after.records());
        movePeer.setLong(5, before.id());
        movePeer.executeUpdate();
        return before.id();
    }

    private long added(PeerId peer, Provider provider) throws SQLException {
        addPeer.setBytes(1, peer.toBytes());
        addPeer.setBytes(2, AddressBlob.write(provider.addresses()));
        addPeer.setLong(3, provider.received());
        addPeer.setLong(4, provider.receivedWall());
        addPeer.setInt(5, provider.records());
        try (ResultSet row = addPeer.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void dropProviders(Bytes key, int first) {
        List<Provided> before = providers(key).all();
        int peers = 0;
        lookedAt = Optional.empty();
        try {
            for (Provided each : before.subList(0, first)) {
                Row row = row(each.peer()).orElseThrow();
                dropProvided.setBytes(1, key.toArray());
                dropProvided.setLong(2, row.id());
                dropProvided.executeUpdate();
                if (row.provider().records() == 1) {
                    dropPeer.setLong(1, row.id());
                    dropPeer.executeUpdate();
                    peers++;
                } else {
                    countPeer.setInt(1, row.provider().records() - 1);
                    countPeer.setLong(2, row.id());
                    countPeer.executeUpdate();
                }
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
        total = total.providers(-first, first > 0 && first == before.size() ? -1 : 0, -peers);
    }

    // In all

    @Override
    public Stock stock() {
        return new Stock(
                total.values(),
                total.valueBytes(),
                total.senders(),
                total.providers(),
                total.keys(),
                total.peers(),
                fileBytes,
                age(oldestValue),
                age(oldestProvided));
    }

    private static Optional<Stock.Age> age(PreparedStatement oldest) {
        try (ResultSet row = oldest.executeQuery()) {
            return row.next() ? Optional.of(new Stock.Age(row.getLong(1), row.getLong(2))) : Optional.empty();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }
}
