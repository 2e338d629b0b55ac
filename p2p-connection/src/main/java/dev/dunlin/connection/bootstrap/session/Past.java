package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.core.multiformats.PeerId;

/**
 * A session that is over.
 *
 * @param redemption the name of its redemption
 * @param stage in which it ended, as {@link Stage#word}
 * @param at when it ended, microseconds of the node's time
 * @param lasted how long it took, microseconds
 */
public record Past(PeerId peer, String network, String redemption, Code code, String stage, long at, long lasted) {}
