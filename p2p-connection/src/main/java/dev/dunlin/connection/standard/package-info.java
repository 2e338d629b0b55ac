/** The protocols that every node speaks, and the machine that carries them. */
@NullMarked
package dev.dunlin.connection.standard;

import org.jspecify.annotations.NullMarked;
