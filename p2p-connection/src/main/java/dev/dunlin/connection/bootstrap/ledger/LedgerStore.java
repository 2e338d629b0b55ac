package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Ledger} writes into, within one transaction: all of it or nothing is there afterwards, also if the machine fails. What was read
 * stays as it is until the end of the transaction. Methods throw {@link LedgerException} if the store fails; nothing of the transaction is
 * kept then.
 */
public interface LedgerStore {

    /** The token of a hash. */
    Optional<Token> token(Bytes hash);

    /** Takes a token's place, or is new. */
    void put(Token token);

    /** Tokens in the order of their hashes. */
    List<Token> tokens(Optional<Bytes> after, int most);

    /** The redemption of a key. */
    Optional<Redemption> redemption(RedemptionKey key);

    /** The redemption of a name. */
    Optional<Redemption> redemption(String id);

    /** Takes the place of the redemption of its key, or is new. */
    void put(Redemption redemption);

    /** Redemptions in a phase whose lease ends at or before a time, the earliest first. */
    List<Redemption> ended(Phase phase, long until, int most);

    /** Whether the trail tells that a database was about to be made for a redemption, whether or not that is still there. */
    boolean isBegun(String id);

    /** The last entry of the trail. */
    Head head();

    /** One more entry. */
    void append(Entry entry);

    /** The first entries of the trail behind a number. */
    List<Entry> entries(long after, int most);
}
