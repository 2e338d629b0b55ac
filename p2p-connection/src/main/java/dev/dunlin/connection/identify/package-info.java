/**
 * The identify protocol (libp2p/specs identify/README.md): on each new connection both sides ask one another for
 * keys, addresses, protocols, and where they see one another; later changes are pushed. Both are protocols of the exchange
 * machine: {@link dev.dunlin.connection.identify.IdentifyProtocol}. What is told of protocols are those that machines serve, and
 * those of the application.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> asking: linked
 *     remembered --> asking: linked
 *     asking --> identified: received
 *     asking --> unidentified: received, askLost
 *     identified --> asking: linked
 *     unidentified --> asking: linked
 *     asking --> remembered: unlinked, booted
 *     identified --> remembered: unlinked, booted
 *     unidentified --> remembered: unlinked, booted
 *     asking --> unknown: unlinked, booted
 *     unidentified --> unknown: unlinked, booted
 *     identified --> unknown: booted
 *     remembered --> unknown: booted, forgotten, evicted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
