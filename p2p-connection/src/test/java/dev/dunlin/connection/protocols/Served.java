package dev.dunlin.connection.protocols;

import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;

/**
 * A served stream that is over.
 *
 * @param peer who opened it
 * @param received how many bytes came
 * @param sha256 of what came, in hex
 * @param reason how it ended
 */
public record Served(PeerId peer, String protocol, long received, String sha256, EndReason reason) {}
