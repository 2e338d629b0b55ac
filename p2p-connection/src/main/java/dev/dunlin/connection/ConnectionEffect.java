package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;

/** What the connection machine asks of the world. */
public sealed interface ConnectionEffect extends Effect {

    /**
     * Look a name up: an address that begins with dns, dns4, dns6 or dnsaddr. Answered by
     * {@link ConnectionAction.Resolved} or {@link ConnectionAction.ConnectionFailed}.
     *
     * @param dial the number to be echoed
     * @param peer who is expected to be there
     */
    record ResolveInit(long dial, PeerId peer, Multiaddr address) implements ConnectionEffect, Effect.Request {}

    /**
     * Dial one address, which has an IP address and no name. Answered by {@link ConnectionAction.Connected} or {@link ConnectionAction.ConnectionFailed}.
     *
     * @param dial the number to be echoed
     * @param peer who must prove to be there
     */
    record ConnectInit(long dial, PeerId peer, Multiaddr address) implements ConnectionEffect, Effect.Request {}

    /** Give up a dial, or the lookup before it; it is answered all the same. */
    record CancelDial(long dial) implements ConnectionEffect, Effect.Fire {}

    /**
     * Take no new streams on a connection; those that run go on. The other side is told so (yamux specification, "GoAway") behind the
     * last of them: go-libp2p, rust-libp2p and js-libp2p end all streams when they hear it.
     */
    record GoAwayInit(Handle connection) implements ConnectionEffect, Effect.Fire {}

    /**
     * Close a connection: what was written to its streams is sent first, but for {@link CloseReason#TIMED_OUT} and
     * {@link CloseReason#ORPHAN}. {@link ConnectionAction.Closed} follows.
     */
    record DisconnectInit(Handle connection, CloseReason reason) implements ConnectionEffect, Effect.Fire {}

    /**
     * Open a listener. Answered by {@link ConnectionAction.Listening} or {@link ConnectionAction.ListenFailed}.
     *
     * @param number the number to be echoed
     */
    record ListenInit(long number, Multiaddr address) implements ConnectionEffect, Effect.Request {}

    /** Close a listener. {@link ConnectionAction.ListenerClosed} follows. */
    record StopListenInit(Handle listener) implements ConnectionEffect, Effect.Fire {}
}
