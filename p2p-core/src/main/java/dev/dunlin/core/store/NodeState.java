package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;

/**
 * The state of the store's own machine: which run this is, and which handles are open in the world.
 *
 * @param run the running number of this run, from 1; 0 before the first boot
 * @param build the build that runs
 * @param config the configuration, as the boot said it and operators changed it since; secrets in it are references, never values
 * @param bootedAt the wall time of the boot, microseconds since the Unix epoch
 * @param seed the seed of this run's random draws
 * @param wallOffset how far the wall clock is ahead of the node's time, in microseconds; negative if it is behind
 * @param handles every handle that a fact has brought and whose end has not come
 */
public record NodeState(
        long run,
        String build,
        Table<String, String> config,
        long bootedAt,
        long seed,
        long wallOffset,
        Table<Handle, Holding> handles) {

    /** Who holds a handle. */
    public enum Holding {
        /** The state of the machine that took the fact. */
        STATE,
        /** Nobody: the fact was disabled, and the runtime was told to close it. */
        ORPHAN
    }

    /** Before the first boot. */
    public static final NodeState INITIAL = new NodeState(0, "", Table.empty(), 0, 0, 0, Table.empty());

    NodeState withWallOffset(long changed) {
        return new NodeState(run, build, config, bootedAt, seed, changed, handles);
    }

    NodeState withConfig(Table<String, String> changed) {
        return new NodeState(run, build, changed, bootedAt, seed, wallOffset, handles);
    }

    NodeState withHandles(Table<Handle, Holding> changed) {
        return new NodeState(run, build, config, bootedAt, seed, wallOffset, changed);
    }
}
