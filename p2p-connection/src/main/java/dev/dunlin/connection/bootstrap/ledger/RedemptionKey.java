package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;

/**
 * By what a redemption is known to whoever comes again: of a token that can be used once the peer, of others also the key that it has sent.
 *
 * @param token the token's SHA-256
 * @param peer who redeems it, as the connection has proved
 * @param key the same for each try of one redemption; empty for a token that can be used once, and where none was sent
 */
public record RedemptionKey(Bytes token, PeerId peer, String key) {

    /** That of a token. */
    static RedemptionKey of(Token token, PeerId peer, String key) {
        return new RedemptionKey(token.hash(), peer, token.isOneTime() ? "" : key);
    }
}
