/** The node program. */
@NullMarked
package dev.dunlin.node;

import org.jspecify.annotations.NullMarked;
