/** How actions and state become JSON and come back, under explicit names; and how two schemas are compared. */
@NullMarked
package dev.dunlin.core.codec;

import org.jspecify.annotations.NullMarked;
