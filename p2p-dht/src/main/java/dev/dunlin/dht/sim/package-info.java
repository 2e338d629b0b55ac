/**
 * Crowds of simulated nodes with the machines of production, for networks of up to a hundred thousand of them in one process. What they
 * say to one another are whole questions and answers: connections and streams are simulated in p2p-connection.
 */
@NullMarked
package dev.dunlin.dht.sim;

import org.jspecify.annotations.NullMarked;
