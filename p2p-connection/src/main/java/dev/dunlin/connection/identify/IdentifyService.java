package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;

/**
 * Carries identify streams' bytes: {@link IdentifyDecoder} and {@link IdentifyContent#seal} behind a transport, with
 * the node's private key. Never blocks, never throws, decides nothing. Each call is answered exactly once, with the
 * effect's id; a stream that ends before is an answer, too.
 */
public interface IdentifyService {

    /** Reads to the stream's end; answered by {@link IdentifyAction.Received} or {@link IdentifyAction.ReadFailed}. */
    void read(ActionId id, Handle stream, PeerId peer);

    /**
     * Writes one message and closes our side; answered by {@link IdentifyAction.Sent} or
     * {@link IdentifyAction.SendFailed}.
     */
    void send(ActionId id, Handle stream, PeerId peer, IdentifyContent content);
}
