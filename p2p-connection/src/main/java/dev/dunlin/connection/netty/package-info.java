/**
 * The transport on Netty: TCP, multistream-select, Noise and yamux around their pure cores, behind {@link
 * dev.dunlin.connection.ConnectionService} and {@link dev.dunlin.connection.stream.StreamService}.
 */
@NullMarked
package dev.dunlin.connection.netty;

import org.jspecify.annotations.NullMarked;
