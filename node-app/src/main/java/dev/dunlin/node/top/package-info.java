/** A running node at a glance: what it does a second, whom it is connected to, and what it refuses and why. */
@NullMarked
package dev.dunlin.node.top;

import org.jspecify.annotations.NullMarked;
