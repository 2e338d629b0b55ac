package dev.dunlin.dht.sim;

import java.util.Optional;

/**
 * The life of a crowd: nodes join by themselves, store and get values, leave and come if they are to, and at last look for one another.
 * From one seed it is always the same.
 */
public final class CrowdRun {

    /** How many nodes a crowd of this run may have. */
    public static final int MOST_NODES = 1_000_000;

    private static final int LOOKUPS = 1_000;
    private static final int MOST_VALUES = 1_000;
    private static final int JOINING_SECONDS = 60;
    private static final int LEAST_JOINING = 10;
    private static final long HOUR = 3600 * KadCrowd.SECOND;

    private final KadCrowd crowd;
    private final Size size;
    private final StoredValues values;
    private Optional<Churn> churn = Optional.empty();
    private Optional<CrowdLookups> lookups = Optional.empty();

    /**
     * How much is simulated.
     *
     * @param nodes how many join, 2 to {@link #MOST_NODES}
     * @param live how long the network goes on once all have joined, microseconds, at least 1
     * @param permilleAnHour how many of a thousand leave in an hour of that time, and others come in their place; 0 for none
     */
    public record Size(int nodes, long live, int permilleAnHour) {

        /** Checks the ranges. */
        public Size {
            if (nodes < 2 || nodes > MOST_NODES || live < 1 || permilleAnHour < 0) {
                throw new IllegalArgumentException("a crowd has 2 to " + MOST_NODES
                        + " nodes, which go on for a time above 0 and leave at a rate not below 0");
            }
        }

        /** How many own values, and never leave. */
        private int stable() {
            return Math.max(1, nodes / 100);
        }

        private int joiningEachSecond() {
            return Math.max(LEAST_JOINING, nodes / JOINING_SECONDS);
        }
    }

    private CrowdRun(KadCrowd crowd, Size size) {
        this.crowd = crowd;
        this.size = size;
        this.values = new StoredValues(crowd, Math.min(size.nodes(), MOST_VALUES), size.stable());
    }

    /** A run before its beginning. */
    public static CrowdRun of(long seed, Size size) {
        KadCrowd crowd =
                new KadCrowd(KadCrowd.Options.of(seed, CrowdHealth.SERVERS).judgedBy(SignedValue.VALIDATORS));
        CrowdRun run = new CrowdRun(crowd, size);
        CrowdHealth.join(crowd, size.nodes(), size.joiningEachSecond());
        crowd.at(run.joined(), run::live);
        crowd.at(run.lived(), run::look);
        return run;
    }

    /** The nodes. */
    public KadCrowd crowd() {
        return crowd;
    }

    /** When all have joined, microseconds of virtual time. */
    public long joined() {
        return (long) size.nodes() * KadCrowd.SECOND / size.joiningEachSecond();
    }

    /** When the lookups begin. */
    public long lived() {
        return joined() + size.live();
    }

    /** When all is over. */
    public long end() {
        return lived() + CrowdLookups.TIME;
    }

    private void live() {
        long half = Math.max(1, size.live() / 2);
        long within = Math.min(HOUR, half);
        values.put(within, HOUR, lived());
        crowd.at(crowd.now() + within, () -> values.get(2 * MOST_VALUES, Math.max(1, size.live() - within)));
        if (size.permilleAnHour() > 0) {
            churn = Optional.of(Churn.begin(crowd, Churn.Rate.of(size.permilleAnHour(), size.stable()), lived()));
        }
    }

    private void look() {
        lookups = Optional.of(CrowdLookups.begin(crowd, LOOKUPS, crowd.seed()));
    }

    /** Who has left and come; empty if nobody was to. */
    public Optional<Churn> churn() {
        return churn;
    }

    /** What has become of the values. */
    public StoredValues.Report values() {
        return values.report();
    }

    /** What has come of the lookups; empty before the first. */
    public Optional<CrowdLookups.Report> lookups() {
        return lookups.map(CrowdLookups::report);
    }
}
