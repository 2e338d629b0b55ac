/** The ping protocol. */
@NullMarked
package dev.dunlin.connection.ping;

import org.jspecify.annotations.NullMarked;
