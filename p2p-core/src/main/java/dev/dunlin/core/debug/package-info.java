@NullMarked
package dev.dunlin.core.debug;

import org.jspecify.annotations.NullMarked;
