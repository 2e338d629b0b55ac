/** Tests. */
@NullMarked
package dev.dunlin.core.replay;

import org.jspecify.annotations.NullMarked;
