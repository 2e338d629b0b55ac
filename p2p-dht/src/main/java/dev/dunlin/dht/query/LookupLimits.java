package dev.dunlin.dht.query;

/**
 * What one lookup may cost.
 *
 * @param candidates nodes that wait to be asked, of each path, at least 1
 * @param requests questions, at least 1
 * @param patience how long an answer is waited for before somebody else is asked beside, microseconds, at least 1
 * @param waitsForAll whether it ends with nobody being asked still, where it does not converge: then the one that is late may be the one
 *     that knows
 */
public record LookupLimits(int candidates, int requests, long patience, boolean waitsForAll) {

    /** One that ends with the late not waited for. */
    public LookupLimits(int candidates, int requests, long patience) {
        this(candidates, requests, patience, false);
    }

    /** Checks the ranges. */
    public LookupLimits {
        if (candidates < 1 || requests < 1 || patience < 1) {
            throw new IllegalArgumentException("a lookup that may ask nobody, or wait for nobody, finds nothing");
        }
    }
}
