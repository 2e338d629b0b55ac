/**
 * The identify protocol (libp2p/specs identify/README.md): on each new connection both sides ask one another for
 * keys, addresses, protocols, and where they see one another; later changes are pushed.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     identified --> opening: linked
 *     identified --> remembered: started, unlinked
 *     opening --> reading: askOpened
 *     opening --> remembered: started, unlinked
 *     opening --> unidentified: askNotOpened, askOpened
 *     opening --> unknown: started, unlinked
 *     reading --> identified: received
 *     reading --> opening: exchangeTimedOut, readFailed, received, unlinked
 *     reading --> remembered: started, unlinked
 *     reading --> unidentified: exchangeTimedOut, readFailed, received, unlinked
 *     reading --> unknown: started, unlinked
 *     remembered --> opening: linked
 *     remembered --> unknown: forgotten
 *     unidentified --> opening: linked
 *     unidentified --> remembered: started, unlinked
 *     unidentified --> unknown: started, unlinked
 *     unknown --> opening: linked
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
