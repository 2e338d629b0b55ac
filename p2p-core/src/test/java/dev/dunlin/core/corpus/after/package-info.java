/** The machines of a later build, one class for each kind of change to {@link dev.dunlin.core.corpus.before.Shelf}. */
@NullMarked
package dev.dunlin.core.corpus.after;

import org.jspecify.annotations.NullMarked;
