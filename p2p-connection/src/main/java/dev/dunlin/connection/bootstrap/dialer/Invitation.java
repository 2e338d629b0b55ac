package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.util.List;

/**
 * What a party has given to another outside of the network, so that it may come: a link, without its token.
 *
 * @param responders where the party's nodes are, each with the id of its node, 1 to {@link #MOST_RESPONDERS}
 * @param token the token's SHA-256; it itself is in the {@link dev.dunlin.connection.bootstrap.wire.Vault}
 * @param expires from when on the token is not taken, by the wall clock, in microseconds
 * @param role which side makes the database
 */
public record Invitation(List<Multiaddr> responders, Bytes token, long expires, Role role) {

    /** The most addresses. */
    public static final int MOST_RESPONDERS = 64;

    /** Copies the list and checks the bounds. */
    public Invitation {
        responders = List.copyOf(responders);
        if (responders.isEmpty() || responders.size() > MOST_RESPONDERS) {
            throw new IllegalArgumentException(
                    "a link has 1 to " + MOST_RESPONDERS + " addresses of its party's nodes");
        }
        if (responders.stream().anyMatch(address -> address.peerId().isEmpty())) {
            throw new IllegalArgumentException(
                    "each address of a link says which node is there: it ends in /p2p/ and its id");
        }
    }
}
