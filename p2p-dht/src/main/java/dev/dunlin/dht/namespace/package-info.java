/**
 * What values may be stored under which keys, and which of two is to be preferred (libp2p/specs kad-dht/README.md, "Entry validation"
 * and "Entry correction"): validators by namespace. Public keys and IPNS records have theirs here; a network of your own brings its own.
 * Pure: what time it is is given.
 */
@NullMarked
package dev.dunlin.dht.namespace;

import org.jspecify.annotations.NullMarked;
