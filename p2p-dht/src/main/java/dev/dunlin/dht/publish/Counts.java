package dev.dunlin.dht.publish;

/**
 * What was done to keep keys published.
 *
 * @param sweeps regions whose keys were published
 * @param abandoned regions that were given up, for want of nodes: their keys are tried again
 * @param lookups for the nodes of regions
 * @param keys that were published, counted each time
 * @param scarce how many of them too few nodes have stored: they are tried again
 * @param stored how many times a node was told of a key
 * @param failed how many times one could not be
 */
public record Counts(long sweeps, long abandoned, long lookups, long keys, long scarce, long stored, long failed) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);
    static final Counts SWEEP = new Counts(1, 0, 0, 0, 0, 0, 0);
    static final Counts ABANDONED = new Counts(0, 1, 0, 0, 0, 0, 0);
    static final Counts LOOKUP = new Counts(0, 0, 1, 0, 0, 0, 0);
    static final Counts STORED = new Counts(0, 0, 0, 0, 0, 1, 0);
    static final Counts FAILED = new Counts(0, 0, 0, 0, 0, 0, 1);

    static Counts keys(int all, int scarce) {
        return new Counts(0, 0, 0, all, scarce, 0, 0);
    }

    Counts plus(Counts more) {
        return new Counts(
                sweeps + more.sweeps,
                abandoned + more.abandoned,
                lookups + more.lookups,
                keys + more.keys,
                scarce + more.scarce,
                stored + more.stored,
                failed + more.failed);
    }
}
