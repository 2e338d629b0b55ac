package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/** What a listener answers. */
public sealed interface BootstrapAnswer extends Message {

    /**
     * The contact is taken ({@code ProvisioningResult}). Only here the listener's party says where its nodes are.
     *
     * @param partyId what the listener calls itself
     * @param cadre where the nodes of its party are
     * @param tally the database, where the listener has made it
     * @param session by which the third message names this session; empty in the compatible form
     */
    record Approved(String partyId, List<Multiaddr> cadre, Optional<Tally> tally, Optional<Bytes> session)
            implements BootstrapAnswer {
        /** Copies the list. */
        public Approved {
            cadre = List.copyOf(cadre);
        }
    }

    /**
     * The contact is turned away. Nothing of the listener's party is in it.
     *
     * @param reason why; empty if it is none that is known here
     * @param retryAfter after how long to ask again, milliseconds; empty if it was not said
     */
    record Rejected(Optional<Reason> reason, Optional<Long> retryAfter) implements BootstrapAnswer {}

    /** The database of the third message is taken; in the compatible form the end of the stream says so, without a byte before it. */
    record Taken() implements BootstrapAnswer {}
}
