/** Commands that print figures of the kernel; they are run by name, with {@code -Ddunlin.bench=true}. */
@NullMarked
package dev.dunlin.core.bench;

import org.jspecify.annotations.NullMarked;
