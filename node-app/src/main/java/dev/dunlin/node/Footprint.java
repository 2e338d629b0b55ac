package dev.dunlin.node;

import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.state.Content;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.OptionalLong;

/**
 * What a simulated node takes at the end of a run, on average over all nodes.
 *
 * @param heapBytes of the JVM's heap: its state, its simulated services, and its share of what is on its way; empty if all nodes
 *     together have not grown the heap by more than what else happens in it
 * @param stateBytes of the content of its state
 */
record Footprint(OptionalLong heapBytes, long stateBytes) {

    private static final long NOISE = 4 << 20;

    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    // The parallel collector leaves dead objects where moving the living is not worth it, but at each fourth full
    // collection.
    private static final int COLLECTIONS = 4;

    /** The bytes of all that is alive; asks for collections, and so takes a moment. */
    static long alive() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            MEMORY.gc();
            least = Math.min(least, MEMORY.getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Of a world that nothing else in this JVM has grown beside, since so many bytes were alive. */
    static Footprint of(World<?> world, long aliveBefore) {
        long state = 0;
        for (SimNode<?> node : world.nodes()) {
            state += node.state()
                    .map(left -> Content.bytes(left.node()) + Content.bytes(left.root()))
                    .orElse(0L);
        }
        int nodes = world.nodes().size();
        long grown = alive() - aliveBefore;
        return new Footprint(grown < NOISE ? OptionalLong.empty() : OptionalLong.of(grown / nodes), state / nodes);
    }
}
