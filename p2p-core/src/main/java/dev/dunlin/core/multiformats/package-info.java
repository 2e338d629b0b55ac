/**
 * The multiformats: varint, multibase, multihash, CID, peer id and multiaddr. All values are immutable, compare by
 * content, and have one canonical text and one canonical binary form. A peer id stands here, not beside the keys, for
 * addresses name peers; what a peer id has to do with keys is in {@code dev.dunlin.core.keys}.
 */
@NullMarked
package dev.dunlin.core.multiformats;

import org.jspecify.annotations.NullMarked;
