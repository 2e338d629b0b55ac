/**
 * What is refused before the node hears of it: inbound connections that are not secured, and inbound streams whose protocol is
 * not agreed. Pure, and the same for the transport and for the simulator.
 */
@NullMarked
package dev.dunlin.connection.gate;

import org.jspecify.annotations.NullMarked;
