package dev.dunlin.connection;

import dev.dunlin.core.store.ActionId;

/**
 * Sockets, secured and multiplexed, behind seven methods. An implementation holds the port on which its facts enter the
 * node's queue.
 *
 * <p>The contract, the same for the real one and for the simulated one:
 *
 * <ul>
 *   <li>No method blocks, throws or decides; each may be called for something that is gone, and then does nothing.
 *   <li>Each {@link #resolve}, each {@link #connect} and each {@link #listen} is answered exactly once, with the effect's id, by one of the
 *       two facts named at the effect; a cancelled dial too (with {@link ConnectionError.Kind#CANCELLED}, unless it was
 *       done before). The facts echo the effect's number, peer and address.
 *   <li>{@link ConnectionAction.Connected} is told only of a connection whose other end has proved to be the peer asked
 *       for.
 *   <li>A handle's kind is {@link #CONNECTION} or {@link #LISTENER}; its run is the node's present run; its number is
 *       used once in a run.
 *   <li>{@link ConnectionAction.Connected} or {@link ConnectionAction.Accepted} of a connection comes before all facts
 *       of its streams; {@link ConnectionAction.Closed} comes exactly once, after the end of every one of its streams,
 *       whoever closed the connection and whether or not it was asked for. So does
 *       {@link ConnectionAction.ListenerClosed} of a listener.
 *   <li>Closing with {@link CloseReason#TIMED_OUT} or {@link CloseReason#ORPHAN} waits for nobody: the socket is
 *       dropped at once.
 * </ul>
 */
public interface ConnectionService {

    /** The kind of connections' handles. */
    String CONNECTION = "connection";

    /** The kind of listeners' handles. */
    String LISTENER = "listener";

    /** Looks a name up. */
    void resolve(ActionId id, ConnectionEffect.ResolveInit effect);

    /** Dials. */
    void connect(ActionId id, ConnectionEffect.ConnectInit effect);

    /** Gives up a dial. */
    void cancel(ActionId id, ConnectionEffect.CancelDial effect);

    /** Takes no new streams on a connection. */
    void goAway(ActionId id, ConnectionEffect.GoAwayInit effect);

    /** Closes a connection. */
    void disconnect(ActionId id, ConnectionEffect.DisconnectInit effect);

    /** Opens a listener. */
    void listen(ActionId id, ConnectionEffect.ListenInit effect);

    /** Closes a listener. */
    void stopListening(ActionId id, ConnectionEffect.StopListenInit effect);
}
