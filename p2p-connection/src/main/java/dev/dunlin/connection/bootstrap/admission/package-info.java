/** Who is let in to a bootstrap session while there is much to do: times that names have to wait, the level of load, a breaker. */
@NullMarked
package dev.dunlin.connection.bootstrap.admission;

import org.jspecify.annotations.NullMarked;
