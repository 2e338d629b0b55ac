/** The multiformats: varint, multibase, multihash, CID and multiaddr. */
@NullMarked
package dev.dunlin.core.multiformats;

import org.jspecify.annotations.NullMarked;
