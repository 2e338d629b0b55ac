/**
 * An example machine, small and whole: gates that are asked to open, open, are shut again after a while, and close of
 * themselves. It has all that a machine can have: wishes, facts, requests, handles, deadlines, an observed neighbour.
 * Its laws are in {@code GateLawsTest}; copy from here.
 */
@NullMarked
package dev.dunlin.core.testkit.gate;

import org.jspecify.annotations.NullMarked;
