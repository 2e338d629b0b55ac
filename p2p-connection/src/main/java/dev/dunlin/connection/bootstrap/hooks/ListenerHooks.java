package dev.dunlin.connection.bootstrap.hooks;

import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What whoever runs a node decides and does for those that come with a token. Each call has a thread of its own, which may block, and which is
 * interrupted when the session has ended or its time is over. What a call throws ends its session, and no other; the other side is not told
 * what it was.
 */
public interface ListenerHooks {

    /** Whether {@link #getTokenInfo} knows tokens; where it does not, it is not called. */
    default boolean knowsTokens() {
        return false;
    }

    /**
     * What is known of a token that was made elsewhere. It is added to the ledger, which counts its uses, when somebody comes with it for the first
     * time; of one that the ledger has, nothing changes.
     *
     * @param hash its SHA-256
     * @param within how long this may take
     * @return empty if there is no such token
     * @throws Exception if that cannot be said
     */
    default Optional<Token> getTokenInfo(Bytes hash, Duration within) throws Exception {
        return Optional.empty();
    }

    /**
     * Judges who a peer says it is.
     *
     * @param peer who it is, as the connection has proved
     * @param identity what it says, a value of JSON; it stands in no log and no action
     * @param requirements those of the token, as they were given when it was made
     * @param within how long this may take
     * @return whether it is enough
     * @throws Exception if that cannot be said
     */
    boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within) throws Exception;

    /**
     * Makes the database of a redemption. Called again with the same name it gives the same database.
     *
     * @param name 26 characters of a to z and 2 to 7, a safe name of a file
     * @param peer for whom
     * @param role which side it is made by
     * @param cadre where the nodes of the peer's party are
     * @param within how long this may take; what comes later is removed again
     * @throws Exception if it cannot be made
     */
    Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
            throws Exception;

    /**
     * Judges what a peer says of the database that it has made.
     *
     * @return whether it is taken
     * @throws Exception if that cannot be said
     */
    boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) throws Exception;
}
