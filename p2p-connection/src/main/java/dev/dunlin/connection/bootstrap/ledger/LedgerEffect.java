package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Effect;
import java.util.Optional;

/** What is asked of the ledger for those who operate a node: {@link LedgerAction.Told} or {@link LedgerAction.Failed} of the same number. */
public sealed interface LedgerEffect extends Effect, Effect.Request {

    /** The number of the inquiry. */
    long inquiry();

    /** Add a token. */
    record CreateInit(long inquiry, Token token) implements LedgerEffect {}

    /**
     * Take one out of use.
     *
     * @param digits as in {@link LedgerAction.Revoke}
     * @param now the wall clock, microseconds
     */
    record RevokeInit(long inquiry, String digits, long now) implements LedgerEffect {}

    /** Tell of tokens; as {@link LedgerAction.Tokens}. */
    record TokensInit(long inquiry, String digits, Optional<Bytes> after, int most) implements LedgerEffect {}

    /** Tell entries of the trail; as {@link LedgerAction.Trail}. */
    record TrailInit(long inquiry, long after, int most) implements LedgerEffect {}

    /** Look at the entries behind one that is known to be as it should be. */
    record VerifyInit(long inquiry, Head head) implements LedgerEffect {}
}
