/**
 * What this node knows of peers: where they may be, who says so and how dialling them there ended, what they told of themselves, how
 * far away they are and when they were last seen. Connections and dials are observed; identify, ping and whoever hears of addresses say
 * what they learn; whoever wants to be connected to a peer says {@link dev.dunlin.connection.peer.PeerAction.Reach}. All of it is
 * in the snapshot, so that a node that starts again knows its peers.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> heard: addAddresses
 *     unknown --> connected: linked
 *     heard --> connected: linked
 *     remembered --> connected: linked
 *     connected --> remembered: unlinked, booted
 *     connected --> unknown: booted
 *     heard --> unknown: dialFailed, expired, evicted, forget, booted
 *     remembered --> unknown: expired, evicted, forget, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.peer;

import org.jspecify.annotations.NullMarked;
