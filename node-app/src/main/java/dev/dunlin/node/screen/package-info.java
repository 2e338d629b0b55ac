/** What is shown on the whole of a terminal. */
@NullMarked
package dev.dunlin.node.screen;

import org.jspecify.annotations.NullMarked;
