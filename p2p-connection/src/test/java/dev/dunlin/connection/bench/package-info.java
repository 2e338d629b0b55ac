/** Drives the machines of this module by hand, under virtual time. */
@NullMarked
package dev.dunlin.connection.bench;

import org.jspecify.annotations.NullMarked;
