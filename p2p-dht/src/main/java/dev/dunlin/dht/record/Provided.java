package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;

/**
 * That a peer provides some content.
 *
 * @param received when it last told so, microseconds of the node's time; of no other record
 * @param receivedWall the same by the wall clock
 */
public record Provided(PeerId peer, long received, long receivedWall) implements Received {}
