/** Carries the messages of the exchange and channel machines over streams, whoever has those: sockets or a simulated world. */
@NullMarked
package dev.dunlin.connection.wire;

import org.jspecify.annotations.NullMarked;
