package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;

/**
 * Carries ping streams' bytes: {@link PingThrow} and {@link PingEcho} behind a transport. Never blocks, never throws.
 */
public interface PingService {

    /**
     * Throws 32 random bytes on a stream, and answers once by {@link PingAction.Caught} or {@link PingAction.Missed};
     * the stream's end is an answer, too.
     *
     * @param id of the effect, which the answer carries
     */
    void throwBall(ActionId id, Handle stream, PeerId peer, int number);

    /** Sends back what comes on a stream, 32 bytes at a time, and closes our side when the peer has closed its own. */
    void echo(Handle stream);
}
