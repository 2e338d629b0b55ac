/** Kademlia queries: routing table, records and providers. */
@NullMarked
package dev.dunlin.dht;

import org.jspecify.annotations.NullMarked;
