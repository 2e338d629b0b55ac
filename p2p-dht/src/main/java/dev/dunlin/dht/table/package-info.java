/** The routing table: whom a node knows, more of those that are near to it. */
@NullMarked
package dev.dunlin.dht.table;

import org.jspecify.annotations.NullMarked;
