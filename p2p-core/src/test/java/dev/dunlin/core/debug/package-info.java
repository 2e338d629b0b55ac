/** Tests of the debugger's questions. */
@NullMarked
package dev.dunlin.core.debug;

import org.jspecify.annotations.NullMarked;
