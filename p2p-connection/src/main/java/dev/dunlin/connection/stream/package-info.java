/** The stream machine. */
@NullMarked
package dev.dunlin.connection.stream;

import org.jspecify.annotations.NullMarked;
