/** Small pieces of the sentences that people read: spans of time, numbers of things. The same in every locale. */
@NullMarked
package dev.dunlin.core.words;

import org.jspecify.annotations.NullMarked;
