package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import java.util.List;

/**
 * Nodes leave a crowd without a word, and others come: of those that leave some come again and know still what they knew, and for each of
 * the others a new one comes at once.
 */
public final class Churn {

    private static final int CHURN_SEED = 4;
    private static final long HOUR = 3600 * KadCrowd.SECOND;

    private final KadCrowd crowd;
    private final Rate rate;
    private final long until;
    private final SimRandom random;
    private int left;
    private int returned;
    private int joined;

    /**
     * How many leave.
     *
     * @param permilleAnHour how many of a thousand nodes in an hour, at least 1
     * @param permilleReturning how many of a thousand of those come again, 0 to 1000
     * @param away how long they are away on average, microseconds
     * @param stable how many of the first nodes never leave
     */
    public record Rate(int permilleAnHour, int permilleReturning, long away, int stable) {

        private static final int ALL = 1000;

        /** Checks the ranges. */
        public Rate {
            if (permilleAnHour < 1 || permilleReturning < 0 || permilleReturning > ALL || away < 1 || stable < 0) {
                throw new IllegalArgumentException(
                        "of a thousand nodes at least one leaves in an hour, and at most all of those come again");
            }
        }

        /** Of those that leave half come again, after half an hour on average. */
        public static Rate of(int permilleAnHour, int stable) {
            return new Rate(permilleAnHour, ALL / 2, HOUR / 2, stable);
        }
    }

    private Churn(KadCrowd crowd, Rate rate, long until) {
        this.crowd = crowd;
        this.rate = rate;
        this.until = until;
        this.random = SimRandom.of(crowd.seed(), CHURN_SEED);
    }

    /**
     * Begins, in a crowd of more nodes than are stable.
     *
     * @param until when it ends, microseconds of virtual time
     */
    public static Churn begin(KadCrowd crowd, Rate rate, long until) {
        Churn churn = new Churn(crowd, rate, until);
        churn.next();
        return churn;
    }

    /** How many have left. */
    public int left() {
        return left;
    }

    /** How many of those have come again. */
    public int returned() {
        return returned;
    }

    /** How many have come that were never there. */
    public int joined() {
        return joined;
    }

    private void next() {
        long leaving = Math.max(1, crowd.up() - rate.stable());
        long mean = Math.max(1, HOUR / leaving * Rate.ALL / rate.permilleAnHour());
        long at = crowd.now() + random.exponential(mean);
        if (at < until) {
            crowd.at(at, () -> {
                // Who comes joins by somebody, so one of them stays.
                if (crowd.up() > rate.stable() + 1) {
                    leave(anyUp());
                }
                next();
            });
        }
    }

    /** One of those that are up and may leave. */
    private int anyUp() {
        while (true) {
            int node = rate.stable() + random.below(crowd.size() - rate.stable());
            if (crowd.isUp(node)) {
                return node;
            }
        }
    }

    private void leave(int node) {
        left++;
        if (random.below(Rate.ALL) < rate.permilleReturning()) {
            crowd.stop(node);
            crowd.at(crowd.now() + random.exponential(rate.away()), () -> {
                returned++;
                crowd.start(node, List.of(anyUp(), anyUp()));
            });
        } else {
            crowd.remove(node);
            joined++;
            crowd.start(crowd.add(), List.of(anyUp(), anyUp()));
        }
    }
}
