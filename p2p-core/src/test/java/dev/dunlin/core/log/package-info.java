/** Tests. */
@NullMarked
package dev.dunlin.core.log;

import org.jspecify.annotations.NullMarked;
