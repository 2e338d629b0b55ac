/**
 * How a lookup went, as a tree of who named whom, with times: of one that has just ended, or of one in a log, whether or not anybody wanted
 * to know at its time.
 */
@NullMarked
package dev.dunlin.dht.trace;

import org.jspecify.annotations.NullMarked;
