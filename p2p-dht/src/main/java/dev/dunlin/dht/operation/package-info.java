/**
 * What callers ask of a Kademlia network: to find a peer, the nodes nearest to a key, a value or who provides some content, and to store a
 * value or that this node provides some content (libp2p/specs kad-dht/README.md, "DHT Operations"). An operation looks for nodes by
 * the query machine, in each network that this node is part of, and then stores with those that were found. What this node holds itself is
 * looked at first.
 *
 * <p>The phases of an operation:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     searching --> storing: searched, unsearched
 *     searching --> noOperation: recalled, seeded, unsearched, searched, operationDue, stop, booted
 *     storing --> noOperation: storeAnswered, storeFailed, operationDue, stop, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.operation;

import org.jspecify.annotations.NullMarked;
