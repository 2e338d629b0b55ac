/** Connections to peers: the machine that holds them and its service. */
@NullMarked
package dev.dunlin.connection;

import org.jspecify.annotations.NullMarked;
