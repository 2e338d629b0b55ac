package dev.dunlin.dht.table;

/**
 * How many nodes a routing table holds.
 *
 * @param bucketSize nodes in a bucket, Kademlia's k, 1 to {@value #MOST_BUCKET}
 * @param contacts nodes in all buckets, at least 1
 * @param bucketNetwork nodes of one network in a bucket ({@link Networks}); 0 for any number
 * @param tableNetwork the same, in all buckets
 * @param grace how long after its last use a node keeps its place in a full bucket against a new one, microseconds
 */
public record TableLimits(int bucketSize, int contacts, int bucketNetwork, int tableNetwork, long grace) {

    /** The largest bucket. */
    public static final int MOST_BUCKET = 256;

    /** Checks the ranges. */
    public TableLimits {
        if (bucketSize < 1 || bucketSize > MOST_BUCKET) {
            throw new IllegalArgumentException("a bucket has 1 to " + MOST_BUCKET + " places, not " + bucketSize);
        }
        if (contacts < 1 || bucketNetwork < 0 || tableNetwork < 0 || grace < 0) {
            throw new IllegalArgumentException(
                    "a routing table has no negative limits, and room for one node at least");
        }
    }
}
