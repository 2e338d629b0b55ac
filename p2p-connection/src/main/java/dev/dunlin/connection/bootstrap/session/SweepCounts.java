package dev.dunlin.connection.bootstrap.session;

/**
 * What was found by looking through the ledger and the databases.
 *
 * @param released uses that nobody worked on any more, free again
 * @param completed databases that were there and had not been written down
 * @param abandoned answers that nobody has asked for again in time
 * @param removed databases of redemptions that have come to nothing
 * @param strangers databases of which the ledger knows nothing, as when it was lost or put back from a backup: they stay
 */
public record SweepCounts(int released, int completed, int abandoned, int removed, int strangers) {}
