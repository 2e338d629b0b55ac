/**
 * What this node keeps for others, and the answers to who asks for it: values, of which each key has one, and provider records, which say
 * who has the content of a key (libp2p/specs kad-dht/README.md; ipfs/specs src/routing/kad-dht.md). What this node publishes itself is not
 * kept here.
 *
 * <p>There is one store for all networks that a node is part of. A value is signed and the same everywhere, and a provider is one peer
 * with one share, whatever network it tells in; only its addresses belong to a network, and they are filtered both as they come and as they
 * are told.
 *
 * <p>Ages go by two clocks. By the node's time a record is at least so old, since that time stands still while the node is off: this bounds
 * how long a record is kept, whatever the wall clock does. The wall clock knows how long the node was off, and may be wrong. A record that
 * has expired by either is not told; by the wall clock it is dropped only when that has run without a step for a while, so that a boot with
 * a clock in the future loses nothing.
 *
 * <p>The phases of the value under a key, and of the content of a key:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     noValue --> held: valueSent, put
 *     held --> noValue: expiryDue, valueSent, put
 *     noProviders --> provided: providersSent
 *     provided --> noProviders: expiryDue, providersSent
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.record;

import org.jspecify.annotations.NullMarked;
