/** Kademlia ids: 256 bits, and how near they are to one another. */
@NullMarked
package dev.dunlin.dht.key;

import org.jspecify.annotations.NullMarked;
