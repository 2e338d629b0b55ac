/**
 * The machines of this module under the simulator: simulated services that keep the contracts of
 * {@link dev.dunlin.connection.ConnectionService}, {@link dev.dunlin.connection.stream.StreamService} and
 * {@link dev.dunlin.connection.protocol.MessageStreams}, whose messages are bytes between two nodes, peers that do not keep the rules, and the stock scenario.
 */
@NullMarked
package dev.dunlin.connection.sim;

import org.jspecify.annotations.NullMarked;
