/** The committed logs of earlier builds, who wrote them, and what this build makes of them. */
@NullMarked
package dev.dunlin.core.corpus;

import org.jspecify.annotations.NullMarked;
