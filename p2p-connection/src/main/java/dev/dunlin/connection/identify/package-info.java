/**
 * The identify protocol (libp2p/specs identify/README.md): on each new connection both sides ask one another for
 * keys, addresses, protocols, and where they see one another; later changes are pushed.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> opening: linked
 *     remembered --> opening: linked
 *     opening --> reading: askOpened
 *     opening --> unidentified: askOpened, askNotOpened
 *     reading --> identified: received
 *     reading --> unidentified: received, readFailed, exchangeTimedOut, unlinked
 *     reading --> opening: received, readFailed, exchangeTimedOut, unlinked
 *     identified --> opening: linked
 *     unidentified --> opening: linked
 *     opening --> remembered: unlinked, booted
 *     reading --> remembered: unlinked, booted
 *     identified --> remembered: unlinked, booted
 *     unidentified --> remembered: unlinked, booted
 *     opening --> unknown: unlinked, booted
 *     reading --> unknown: unlinked, booted
 *     unidentified --> unknown: unlinked, booted
 *     identified --> unknown: booted
 *     remembered --> unknown: booted, forgotten, evicted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
