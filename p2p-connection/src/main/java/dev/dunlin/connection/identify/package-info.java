/**
 * The identify protocol (libp2p/specs identify/README.md): on each new connection both sides ask one another for
 * keys, addresses, protocols, and where they see one another; later changes are pushed.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     opening --> unknown: started, unlinked
 *     opening --> remembered: started, unlinked
 *     reading --> unknown: started, unlinked
 *     reading --> remembered: started, unlinked
 *     identified --> remembered: started, unlinked
 *     identified --> opening: linked
 *     unidentified --> unknown: started, unlinked
 *     unidentified --> remembered: started, unlinked
 *     unidentified --> opening: linked
 *     unknown --> opening: linked
 *     remembered --> opening: linked
 *     remembered --> unknown: forgotten
 *     opening --> reading: askOpened
 *     opening --> unidentified: askOpened, askNotOpened
 *     reading --> identified: received
 *     reading --> unidentified: received, readFailed, exchangeTimedOut, unlinked
 *     reading --> opening: received, readFailed, exchangeTimedOut, unlinked
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
