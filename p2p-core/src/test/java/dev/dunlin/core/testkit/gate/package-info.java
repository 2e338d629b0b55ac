/**
 * An example machine, small and whole: gates that are asked to open, open, are shut again after a while, and close of
 * themselves. It has all that a machine can have: wishes, facts, outcomes, requests, handles, deadlines, an observed neighbour.
 * Its laws are in {@code GateLawsTest}; copy from here.
 *
 * <p>A gate:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     shut --> opening: open
 *     opening --> open: opened
 *     opening --> shut: jammed, expired, booted
 *     open --> closing: expired, shut
 *     open --> shut: closed, booted
 *     closing --> shut: closed, booted
 * }</pre>
 *
 * <p>The bell beside them:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     ready --> empty: rang
 * }</pre>
 */
@NullMarked
package dev.dunlin.core.testkit.gate;

import org.jspecify.annotations.NullMarked;
