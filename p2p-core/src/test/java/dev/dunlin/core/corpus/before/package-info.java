/** The machines of the build that wrote the corpus. They stay as they are: what changes later stands in {@code after}. */
@NullMarked
package dev.dunlin.core.corpus.before;

import org.jspecify.annotations.NullMarked;
