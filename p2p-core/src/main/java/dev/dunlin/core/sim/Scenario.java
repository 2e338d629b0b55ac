package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.TypeTable;
import java.util.List;
import java.util.Optional;

/**
 * What runs on the simulated nodes: the machines as in production, their simulated services, what users wish, and what must
 * hold.
 *
 * @param <R> the root of a node's state tree
 */
public interface Scenario<R> {

    /** Its name, in kebab case. */
    String name();

    /** A new store before its first input, with the machines that production mounts. */
    Store<R> store();

    /** A node's configuration, as at each of its boots. */
    default Table<String, String> config(int node, int nodes) {
        return Table.empty();
    }

    /** What a node's door lets in; a node of a world has a smaller queue than a real one unless this is overridden. */
    default Budgets budgets() {
        return Budgets.DEFAULT.withQueued(1 << 12);
    }

    /** The types of what byzantine nodes do, under the names by which plans are written; none unless it is overridden. */
    default List<TypeTable> misdeeds() {
        return List.of();
    }

    /**
     * The plan of a seed: how faulty the run is, what users wish, what goes wrong, what byzantine nodes do. The same for the
     * same arguments.
     */
    Plan plan(long seed, Size size);

    /** The services of a fresh world; what nodes share, such as who listens where, is made here. */
    Services<R> services(World<R> world);

    /** What must hold in the world at every step. */
    default List<WorldCheck<R>> checks(World<R> world) {
        return List.of();
    }

    /** What should have come to an end and has not, when nothing has been wrong for the bound of liveness. */
    default Optional<String> unfinished(World<R> world) {
        return Optional.empty();
    }

    /**
     * How big a run is to be.
     *
     * @param nodes how many nodes
     * @param time the phase of faults, in microseconds
     */
    record Size(int nodes, long time) {
        /** Checks the ranges. */
        public Size {
            if (nodes < 1 || time < 1) {
                throw new IllegalArgumentException("a run has at least one node and takes some time");
            }
        }
    }

    /** Simulated services: one set for each run of each node. */
    @FunctionalInterface
    interface Services<R> {
        /**
         * Begins the services of a node that boots, and gives their handlers to it with {@link SimNode#handler}.
         *
         * @return is told when the process ends
         */
        Running begin(SimNode<R> node);

        /** How a byzantine node, which has no store, comes alive; nothing happens unless it is overridden. */
        default void beginByzantine(int node) {}

        /**
         * A byzantine node does something, at the time that the plan says; nothing happens unless it is overridden.
         *
         * @param deed of a type that {@link Scenario#misdeeds} names
         */
        default void misbehave(int node, Action deed) {}
    }

    /** The services of one run of one node. */
    @FunctionalInterface
    interface Running {
        /**
         * The process has ended: nothing may be handed to its node any more.
         *
         * @param power whether the power went, so that peers find out only by silence
         */
        void ended(boolean power);
    }
}
