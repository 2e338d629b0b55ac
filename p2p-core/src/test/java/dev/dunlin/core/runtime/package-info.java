/** Tests. */
@NullMarked
package dev.dunlin.core.runtime;

import org.jspecify.annotations.NullMarked;
