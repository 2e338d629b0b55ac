package dev.dunlin.connection.bootstrap.ledger;

import java.util.List;
import java.util.Optional;

/** What the ledger says to those who operate a node. */
public sealed interface LedgerAnswer {

    /**
     * To {@link LedgerAction.Create}.
     *
     * @param token the one that is there now
     * @param isNew whether it was added; otherwise there is one of its hash, which stays as it is
     */
    record Created(Token token, boolean isNew) implements LedgerAnswer {}

    /**
     * To {@link LedgerAction.Revoke}.
     *
     * @param token as it is now; empty if there is none, or more than one
     * @param isOne whether there are not several whose hashes begin so: then none of them is revoked
     */
    record Revoked(Optional<Token> token, boolean isOne) implements LedgerAnswer {}

    /**
     * To {@link LedgerAction.Tokens}.
     *
     * @param tokens in the order of their hashes
     * @param isAll whether there are none behind these
     */
    record Page(List<Token> tokens, boolean isAll) implements LedgerAnswer {
        /** Copies the list. */
        public Page {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * To {@link LedgerAction.Trail}.
     *
     * @param entries in their order
     * @param head the last of the trail
     */
    record Entries(List<Entry> entries, Head head) implements LedgerAnswer {
        /** Copies the list. */
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    /**
     * To {@link LedgerAction.Verify}: of a part of the trail, or of all of it.
     *
     * @param head the last entry that is as it should be
     * @param problem what is wrong with the next, a sentence without its full stop; empty if nothing is
     * @param isEnd whether there is none behind it
     */
    record Verified(Head head, Optional<String> problem, boolean isEnd) implements LedgerAnswer {}
}
