package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Event;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.RedemptionKey;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a ledger reads and writes, in the tables of a connection, in the SQL that SQLite and PostgreSQL have in common. Whoever has the connection
 * begins and ends transactions. Not thread-safe.
 */
final class JdbcLedger implements LedgerStore {

    private static final String TOKEN_FIELDS =
            "hash, role, max_uses, expires, requirements, peer, burns, label, created, revoked, uses, reserved, rejections";
    private static final String REDEMPTION_FIELDS =
            "id, token, peer, redemption_key, phase, begun, lease, tally, created_by, endpoint, credentials";
    private static final String ENTRY_FIELDS =
            "number, at, kind, session, peer, token, redemption, code, detail, events, hash";

    private final PreparedStatement findToken;
    private final PreparedStatement putToken;
    private final PreparedStatement tokens;
    private final PreparedStatement findByKey;
    private final PreparedStatement findById;
    private final PreparedStatement putRedemption;
    private final PreparedStatement ended;
    private final PreparedStatement begun;
    private final PreparedStatement head;
    private final PreparedStatement append;
    private final PreparedStatement entries;

    JdbcLedger(Connection connection) throws SQLException {
        findToken = connection.prepareStatement("SELECT " + TOKEN_FIELDS + " FROM token WHERE hash = ?");
        putToken = connection.prepareStatement("INSERT INTO token (" + TOKEN_FIELDS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET revoked = excluded.revoked,"
                + " uses = excluded.uses, reserved = excluded.reserved, rejections = excluded.rejections");
        tokens = connection.prepareStatement(
                "SELECT " + TOKEN_FIELDS + " FROM token WHERE hash > ? ORDER BY hash LIMIT ?");
        findByKey = connection.prepareStatement(
                "SELECT " + REDEMPTION_FIELDS + " FROM redemption WHERE token = ? AND peer = ? AND redemption_key = ?");
        findById = connection.prepareStatement("SELECT " + REDEMPTION_FIELDS + " FROM redemption WHERE id = ?");
        putRedemption = connection.prepareStatement("INSERT INTO redemption (" + REDEMPTION_FIELDS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token, peer, redemption_key) DO UPDATE SET"
                + " id = excluded.id, phase = excluded.phase, begun = excluded.begun, lease = excluded.lease,"
                + " tally = excluded.tally, created_by = excluded.created_by, endpoint = excluded.endpoint,"
                + " credentials = excluded.credentials");
        ended = connection.prepareStatement("SELECT " + REDEMPTION_FIELDS
                + " FROM redemption WHERE phase = ? AND lease <= ? ORDER BY lease, id LIMIT ?");
        // The kind is written out, for the index is of this kind alone.
        begun = connection.prepareStatement(
                "SELECT 1 FROM trail WHERE kind = '" + Ledger.BEGUN + "' AND redemption = ? LIMIT 1");
        head = connection.prepareStatement("SELECT number, hash FROM trail ORDER BY number DESC LIMIT 1");
        append = connection.prepareStatement(
                "INSERT INTO trail (" + ENTRY_FIELDS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        entries = connection.prepareStatement(
                "SELECT " + ENTRY_FIELDS + " FROM trail WHERE number > ? ORDER BY number LIMIT ?");
    }

    /** What reads one row. */
    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet from) throws SQLException;
    }

    private static <T> List<T> all(PreparedStatement statement, Row<T> row) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet from = statement.executeQuery()) {
            while (from.next()) {
                all.add(read(row, from));
            }
        }
        return all;
    }

    private static <T> Optional<T> one(PreparedStatement statement, Row<T> row) throws SQLException {
        try (ResultSet from = statement.executeQuery()) {
            return from.next() ? Optional.of(read(row, from)) : Optional.empty();
        }
    }

    private static <T> T read(Row<T> row, ResultSet from) throws SQLException {
        try {
            return row.read(from);
        } catch (IllegalArgumentException | ArithmeticException | NullPointerException e) {
            throw new LedgerException(
                    LedgerException.Kind.DAMAGED,
                    "the ledger is damaged, there is a row in it that was never written so: put it back from a backup",
                    e);
        }
    }

    static LedgerException failure(SQLException e) {
        return new LedgerException(String.valueOf(e.getMessage()), e);
    }

    // Tokens

    @Override
    public Optional<Token> token(Bytes hash) {
        try {
            findToken.setBytes(1, hash.toArray());
            return one(findToken, JdbcLedger::token);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static Token token(ResultSet from) throws SQLException {
        long most = from.getLong(3);
        Optional<Integer> maxUses = from.wasNull() ? Optional.empty() : Optional.of(Math.toIntExact(most));
        long revoked = from.getLong(10);
        Optional<Long> revokedAt = from.wasNull() ? Optional.empty() : Optional.of(revoked);
        return new Token(
                Bytes.of(from.getBytes(1)),
                Role.valueOf(from.getString(2)),
                maxUses,
                from.getLong(4),
                from.getString(5),
                Optional.ofNullable(from.getString(6)).map(PeerId::parse),
                from.getInt(7) != 0,
                from.getString(8),
                from.getLong(9),
                revokedAt,
                from.getInt(11),
                from.getInt(12),
                from.getInt(13));
    }

    @Override
    public void put(Token token) {
        try {
            putToken.setBytes(1, token.hash().toArray());
            putToken.setString(2, token.role().name());
            setNumber(putToken, 3, token.maxUses().map(Integer::longValue));
            putToken.setLong(4, token.expires());
            putToken.setString(5, token.requirements());
            putToken.setString(6, token.peer().map(PeerId::toString).orElse(null));
            putToken.setInt(7, token.burns() ? 1 : 0);
            putToken.setString(8, token.label());
            putToken.setLong(9, token.created());
            setNumber(putToken, 10, token.revoked());
            putToken.setInt(11, token.uses());
            putToken.setInt(12, token.reserved());
            putToken.setInt(13, token.rejections());
            putToken.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static void setNumber(PreparedStatement statement, int at, Optional<Long> number) throws SQLException {
        if (number.isPresent()) {
            statement.setLong(at, number.get());
        } else {
            statement.setNull(at, Types.BIGINT);
        }
    }

    @Override
    public List<Token> tokens(Optional<Bytes> after, int most) {
        try {
            tokens.setBytes(1, after.orElse(Bytes.EMPTY).toArray());
            tokens.setInt(2, most);
            return all(tokens, JdbcLedger::token);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    // Redemptions

    @Override
    public Optional<Redemption> redemption(RedemptionKey key) {
        try {
            findByKey.setBytes(1, key.token().toArray());
            findByKey.setString(2, key.peer().toString());
            findByKey.setString(3, key.key());
            return one(findByKey, JdbcLedger::redemption);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public Optional<Redemption> redemption(String id) {
        try {
            findById.setString(1, id);
            return one(findById, JdbcLedger::redemption);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static Redemption redemption(ResultSet from) throws SQLException {
        String tally = from.getString(8);
        return new Redemption(
                from.getString(1),
                new RedemptionKey(Bytes.of(from.getBytes(2)), PeerId.parse(from.getString(3)), from.getString(4)),
                Phase.valueOf(from.getString(5)),
                from.getLong(6),
                from.getLong(7),
                tally == null
                        ? Optional.empty()
                        : Optional.of(new Tally(
                                tally, Role.valueOf(from.getString(9)), from.getString(10), from.getString(11))));
    }

    @Override
    public void put(Redemption redemption) {
        try {
            putRedemption.setString(1, redemption.id());
            putRedemption.setBytes(2, redemption.key().token().toArray());
            putRedemption.setString(3, redemption.key().peer().toString());
            putRedemption.setString(4, redemption.key().key());
            putRedemption.setString(5, redemption.phase().name());
            putRedemption.setLong(6, redemption.begun());
            putRedemption.setLong(7, redemption.lease());
            putRedemption.setString(8, redemption.tally().map(Tally::tallyId).orElse(null));
            putRedemption.setString(
                    9, redemption.tally().map(tally -> tally.createdBy().name()).orElse(null));
            putRedemption.setString(10, redemption.tally().map(Tally::endpoint).orElse(null));
            putRedemption.setString(
                    11, redemption.tally().map(Tally::credentialsRef).orElse(null));
            putRedemption.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public List<Redemption> ended(Phase phase, long until, int most) {
        try {
            ended.setString(1, phase.name());
            ended.setLong(2, until);
            ended.setInt(3, most);
            return all(ended, JdbcLedger::redemption);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    // The trail

    @Override
    public boolean isBegun(String id) {
        try {
            begun.setString(1, id);
            return one(begun, from -> true).isPresent();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public Head head() {
        try {
            return one(head, from -> new Head(from.getLong(1), Bytes.of(from.getBytes(2))))
                    .orElse(Head.NONE);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public void append(Entry entry) {
        Event event = entry.event();
        try {
            append.setLong(1, entry.number());
            append.setLong(2, entry.at());
            append.setString(3, event.kind());
            append.setLong(4, event.session());
            append.setString(5, event.peer());
            append.setString(6, event.token());
            append.setString(7, event.redemption());
            append.setString(8, event.code());
            append.setString(9, event.detail());
            append.setLong(10, event.count());
            append.setBytes(11, entry.hash().toArray());
            append.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public List<Entry> entries(long after, int most) {
        try {
            entries.setLong(1, after);
            entries.setInt(2, most);
            return all(
                    entries,
                    from -> new Entry(
                            from.getLong(1),
                            from.getLong(2),
                            new Event(
                                    from.getString(3),
                                    from.getLong(4),
                                    from.getString(5),
                                    from.getString(6),
                                    from.getString(7),
                                    from.getString(8),
                                    from.getString(9),
                                    from.getLong(10)),
                            Bytes.of(from.getBytes(11))));
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
