/**
 * The sockets: what touches the network, and nothing else does. {@link dev.dunlin.connection.netty.AddressResolver}
 * turns multiaddrs into socket addresses.
 */
@NullMarked
package dev.dunlin.connection.netty;

import org.jspecify.annotations.NullMarked;
