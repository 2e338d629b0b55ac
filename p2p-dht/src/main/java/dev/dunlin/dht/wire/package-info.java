/**
 * The messages of Kademlia (libp2p/specs kad-dht/README.md; ipfs/specs src/routing/kad-dht.md), typed, and as bytes. Pure. What peers
 * send is read within bounds: an entry of a list that cannot be read, or is beyond a bound, is skipped and counted, and does not make
 * the message worth less. Which addresses are fit for a network is not asked here.
 */
@NullMarked
package dev.dunlin.dht.wire;

import org.jspecify.annotations.NullMarked;
