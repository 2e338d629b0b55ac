/**
 * What can be asked of a node's Kademlia, what can be ordered, and what is measured of it: whom it knows, what it keeps for others, what
 * it looks for, and lookups and stores of an operator's own.
 */
@NullMarked
package dev.dunlin.dht.operations;

import org.jspecify.annotations.NullMarked;
