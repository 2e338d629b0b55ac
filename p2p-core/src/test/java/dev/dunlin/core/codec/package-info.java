/** Tests. */
@NullMarked
package dev.dunlin.core.codec;

import org.jspecify.annotations.NullMarked;
