package dev.dunlin.connection.stream;

import dev.dunlin.core.store.ActionId;

/**
 * Streams on open connections, behind four methods. An implementation holds the port on which its facts enter the
 * node's queue.
 *
 * <p>The contract, the same for the real one and for the simulated one:
 *
 * <ul>
 *   <li>No method blocks, throws or decides; each may be called for something that is gone, and then does nothing more
 *       than answer.
 *   <li>Each {@link #open} is answered exactly once, with the effect's id, by {@link StreamAction.StreamOpened} or
 *       {@link StreamAction.OpenFailed}; also when the connection is gone, is closed meanwhile, or the opening is
 *       cancelled. Both echo number, ticket and peer.
 *   <li>A handle's kind is {@link #STREAM}; its run is the node's present run; its number is used once in a run.
 *   <li>Facts of a stream come between the opening and the closing fact of its connection.
 *       {@link StreamAction.StreamClosed} comes exactly once for each {@link StreamAction.StreamOpened} and each
 *       {@link StreamAction.StreamAccepted}, whoever closed the stream.
 *   <li>{@link StreamAction.StreamAccepted} is told only when a protocol that this node serves is agreed.
 * </ul>
 */
public interface StreamService {

    /** The kind of streams' handles. */
    String STREAM = "stream";

    /** Opens a stream. */
    void open(ActionId id, StreamEffect.OpenInit effect);

    /** Gives up an opening. */
    void cancel(ActionId id, StreamEffect.CancelOpen effect);

    /** Looks how long nothing has moved on a stream; on one that is gone, no time at all. */
    void look(ActionId id, StreamEffect.LookInit effect);

    /** Closes a stream. */
    void close(ActionId id, StreamEffect.CloseInit effect);
}
