package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * A value that is held.
 *
 * @param sender in whose share it is; empty if this node stored it itself
 * @param received when it was last stored, microseconds of the node's time; of no other value
 * @param receivedWall the same by the wall clock
 */
public record HeldValue(Bytes value, Optional<PeerId> sender, long received, long receivedWall) implements Received {}
