/** Times as the records of other nodes have them: text. Pure. */
@NullMarked
package dev.dunlin.dht.time;

import org.jspecify.annotations.NullMarked;
