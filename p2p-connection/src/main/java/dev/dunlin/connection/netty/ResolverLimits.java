package dev.dunlin.connection.netty;

/**
 * Every bound of an {@link AddressResolver}. All are at least 1.
 *
 * @param maxDepth dnsaddr answers that may lead to one another in a row (go-libp2p: 4)
 * @param maxResults socket addresses that one resolution gives, and addresses that are used of one dnsaddr answer; what
 *     is above is left out (go-libp2p: 100)
 * @param maxLookups names that one resolution may ask for: depth and results alone would let a hostile zone make us
 *     ask for millions
 * @param maxResolutions resolutions that may run at once; more are refused, those of plain IP addresses excepted
 * @param maxLookupsInFlight names that may be asked for at once, by all resolutions; others wait their turn
 * @param timeout microseconds that a resolution may take; what was found until then counts
 * @param queryTimeout microseconds that one name server has to answer a dnsaddr query before the next is asked
 */
public record ResolverLimits(
        int maxDepth,
        int maxResults,
        int maxLookups,
        int maxResolutions,
        int maxLookupsInFlight,
        long timeout,
        long queryTimeout) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a field is below 1
     */
    public ResolverLimits {
        atLeastOne("maxDepth", maxDepth);
        atLeastOne("maxResults", maxResults);
        atLeastOne("maxLookups", maxLookups);
        atLeastOne("maxResolutions", maxResolutions);
        atLeastOne("maxLookupsInFlight", maxLookupsInFlight);
        atLeastOne("timeout", timeout);
        atLeastOne("queryTimeout", queryTimeout);
    }

    private static void atLeastOne(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " is " + value + "; set it to 1 or more");
        }
    }

    /** What a node starts with. */
    public static ResolverLimits defaults() {
        return new ResolverLimits(4, 100, 32, 256, 64, 5_000_000, 1_500_000);
    }

    /** These limits with another depth. */
    public ResolverLimits withMaxDepth(int depth) {
        return new ResolverLimits(
                depth, maxResults, maxLookups, maxResolutions, maxLookupsInFlight, timeout, queryTimeout);
    }

    /** These limits with another number of results. */
    public ResolverLimits withMaxResults(int results) {
        return new ResolverLimits(
                maxDepth, results, maxLookups, maxResolutions, maxLookupsInFlight, timeout, queryTimeout);
    }

    /** These limits with another number of names a resolution. */
    public ResolverLimits withMaxLookups(int lookups) {
        return new ResolverLimits(
                maxDepth, maxResults, lookups, maxResolutions, maxLookupsInFlight, timeout, queryTimeout);
    }

    /** These limits with another number of resolutions at once. */
    public ResolverLimits withMaxResolutions(int resolutions) {
        return new ResolverLimits(
                maxDepth, maxResults, maxLookups, resolutions, maxLookupsInFlight, timeout, queryTimeout);
    }

    /** These limits with another number of lookups at once. */
    public ResolverLimits withMaxLookupsInFlight(int lookups) {
        return new ResolverLimits(maxDepth, maxResults, maxLookups, maxResolutions, lookups, timeout, queryTimeout);
    }

    /** These limits with another time for a resolution, in microseconds. */
    public ResolverLimits withTimeout(long micros) {
        return new ResolverLimits(
                maxDepth, maxResults, maxLookups, maxResolutions, maxLookupsInFlight, micros, queryTimeout);
    }

    /** These limits with another time for a query, in microseconds. */
    public ResolverLimits withQueryTimeout(long micros) {
        return new ResolverLimits(
                maxDepth, maxResults, maxLookups, maxResolutions, maxLookupsInFlight, timeout, micros);
    }
}
