/**
 * multistream-select 1.0.0: two peers agree on the protocol of a connection or stream (libp2p/specs
 * connections/README.md, "Protocol Negotiation"). Bytes and time in, bytes out; no sockets.
 */
@NullMarked
package dev.dunlin.connection.multistream;

import org.jspecify.annotations.NullMarked;
