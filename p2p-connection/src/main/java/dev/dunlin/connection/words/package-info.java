/** What is the case with a peer, in sentences: the same ones in every place where this node speaks of peers. */
@NullMarked
package dev.dunlin.connection.words;

import org.jspecify.annotations.NullMarked;
