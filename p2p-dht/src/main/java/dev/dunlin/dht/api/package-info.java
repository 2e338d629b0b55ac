/**
 * The Kademlia networks of a node, for programs: {@link dev.dunlin.dht.api.Dht}, how it works
 * ({@link dev.dunlin.dht.api.DhtConfig}) and what can go wrong ({@link dev.dunlin.dht.api.DhtException}). It asks the machines of a node from
 * outside, from any thread.
 */
@NullMarked
package dev.dunlin.dht.api;

import org.jspecify.annotations.NullMarked;
