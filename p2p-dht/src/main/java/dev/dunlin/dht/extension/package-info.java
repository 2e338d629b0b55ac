/** What brings Kademlia to a node: its machines and their protocols, as one extension. */
@NullMarked
package dev.dunlin.dht.extension;

import org.jspecify.annotations.NullMarked;
