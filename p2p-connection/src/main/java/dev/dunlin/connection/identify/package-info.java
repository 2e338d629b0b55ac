/**
 * The identify protocol (libp2p/specs identify/README.md): on each new connection both sides ask one another for
 * keys, addresses, protocols, and where they see one another; later changes are pushed. Both are protocols of the exchange
 * machine: {@link dev.dunlin.connection.identify.IdentifyProtocol}. What is told of protocols are those that machines serve, and
 * those of the application. What peers tell is kept by the {@linkplain dev.dunlin.connection.peer peer machine}.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> asking: linked
 *     asking --> identified: received
 *     asking --> unidentified: received, askLost
 *     identified --> asking: linked
 *     unidentified --> asking: linked
 *     asking --> unknown: unlinked, booted
 *     identified --> unknown: unlinked, booted
 *     unidentified --> unknown: unlinked, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
