/**
 * Whom this node knows in each of its Kademlia networks, and how it stays so: it joins by the nodes that it is told of or remembers, takes
 * in whom it hears of once they have answered, looks after those it knows, looks for others where it knows few, and answers who asks
 * for nodes (libp2p/specs kad-dht/README.md; ipfs/specs src/routing/kad-dht.md, "Routing Table").
 *
 * <p>The phases of a task, which is a check of one node or a lookup of the machine's own:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     vetting --> noTask: checkAnswered, checkFailed
 *     probing --> noTask: checkAnswered, checkFailed
 *     looking --> noTask: lookupDone, lookupRefused
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.routing;

import org.jspecify.annotations.NullMarked;
