package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/** What a dialer sends: each on a stream of its own. */
public sealed interface BootstrapQuestion extends Message {

    /**
     * The first message: the dialer shows its token and says who it is ({@code InboundContact}).
     *
     * @param token the token's SHA-256: it itself is in the {@link Vault} of who sends it, and nowhere at who has received it
     * @param partyId what the dialer calls itself; the listener takes it for true only if it is the id of the peer
     * @param identity the SHA-256 of what it says of who it is, which is in the {@link Vault}
     * @param cadre where the nodes of the dialer's party are
     * @param key the same for each try of one redemption, so that it is answered alike; empty in the compatible form
     * @param patience how long the dialer waits for the answer, milliseconds; empty in the compatible form
     */
    record Contact(
            Bytes token,
            String partyId,
            Bytes identity,
            List<Multiaddr> cadre,
            Optional<String> key,
            Optional<Long> patience)
            implements BootstrapQuestion {
        /** Copies the list. */
        public Contact {
            cadre = List.copyOf(cadre);
        }
    }

    /**
     * The third message, where the dialer makes the database ({@code DatabaseResult}).
     *
     * @param session which session it is of, as the listener named it; empty in the compatible form
     */
    record DatabaseResult(Tally tally, Optional<Bytes> session) implements BootstrapQuestion {}

    /**
     * Something else came; it is answered with its reason.
     *
     * @param reason {@link Reason#MALFORMED_REQUEST} or {@link Reason#UNKNOWN_TYPE}
     * @param why in a sentence without its full stop, with no word of the sender's
     */
    record Malformed(Reason reason, String why) implements BootstrapQuestion {}
}
