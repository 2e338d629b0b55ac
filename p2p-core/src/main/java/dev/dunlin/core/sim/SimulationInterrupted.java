package dev.dunlin.core.sim;

/** The thread of a run was interrupted; what was found so far is lost. */
public final class SimulationInterrupted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulationInterrupted() {
        super("the simulation was interrupted");
    }
}
