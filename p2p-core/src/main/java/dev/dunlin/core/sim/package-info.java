/**
 * The simulator: many nodes' stores on one thread, under virtual time and one seed. Production machines run unchanged; only
 * services are simulated, behind the interfaces that the real ones implement. The same seed gives the same digests on every
 * machine, JVM, locale and time zone.
 *
 * <p>A {@link dev.dunlin.core.sim.Scenario} says what runs on the nodes; a {@link dev.dunlin.core.sim.Plan}, drawn from a
 * seed, says what users wish and what goes wrong, as a list that can be shortened; {@link dev.dunlin.core.sim.Simulation}
 * runs the one under the other.
 */
@NullMarked
package dev.dunlin.core.sim;

import org.jspecify.annotations.NullMarked;
