package dev.dunlin.dht.query;

/**
 * What one lookup may cost.
 *
 * @param candidates nodes that wait to be asked, of each path, at least 1
 * @param requests questions, at least 1
 * @param patience how long an answer is waited for before somebody else is asked beside, microseconds, at least 1
 */
public record LookupLimits(int candidates, int requests, long patience) {

    /** Checks the ranges. */
    public LookupLimits {
        if (candidates < 1 || requests < 1 || patience < 1) {
            throw new IllegalArgumentException("a lookup that may ask nobody, or wait for nobody, finds nothing");
        }
    }
}
