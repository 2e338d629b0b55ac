/** The identify protocol. */
@NullMarked
package dev.dunlin.connection.identify;

import org.jspecify.annotations.NullMarked;
