/** What can be asked of a node's peers, connections, listeners and streams, what can be ordered, and what is measured of them. */
@NullMarked
package dev.dunlin.connection.operations;

import org.jspecify.annotations.NullMarked;
