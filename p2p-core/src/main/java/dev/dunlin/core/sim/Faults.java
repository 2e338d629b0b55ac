package dev.dunlin.core.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws what goes wrong. A seed first draws how faulty the run is, class by class, so that most runs are of few classes and
 * each class is met alone, too (Groce et al.: Swarm Testing, ISSTA 2012).
 */
public final class Faults {

    private static final long SECOND = 1_000_000;

    private Faults() {}

    /** A plan without faults, wishes and misdeeds. */
    public static Plan none(String scenario, long seed, Scenario.Size size, long bound) {
        return new Plan(
                scenario,
                seed,
                size.nodes(),
                List.of(),
                List.of(),
                Plan.Net.WIDE,
                size.time(),
                size.time() + bound,
                List.of(),
                List.of(),
                List.of());
    }

    /**
     * A plan with the faults and the byzantine nodes that a seed draws, without wishes and misdeeds. All faults are over when
     * their phase is.
     *
     * @param bound how long after it all that was wished must have come to an end, in microseconds
     */
    public static Plan swarm(String scenario, long seed, Scenario.Size size, long bound) {
        SimRandom random = SimRandom.of(seed, 0x73776172);
        List<Fault> faults = new ArrayList<>();
        List<Integer> byzantine = new ArrayList<>();
        int nodes = size.nodes();
        int classes = random.below(1 << 8);
        int weight = 1 + random.below(4);
        if ((classes & 1) != 0) {
            repeat(random, weight * 2, () -> faults.add(crash(random, size)));
        }
        if ((classes & 2) != 0) {
            repeat(random, weight, () -> faults.add(partition(random, size)));
        }
        if ((classes & 4) != 0) {
            repeat(
                    random,
                    weight * 4,
                    () -> faults.add(new Fault.Cut(random.below(nodes), random.below(nodes), time(random, size))));
        }
        if ((classes & 8) != 0) {
            repeat(random, weight * 2, () -> {
                long at = time(random, size);
                faults.add(new Fault.Stall(
                        random.below(nodes), random.below(nodes), at, until(random, at, 20 * SECOND, size)));
            });
        }
        if ((classes & 16) != 0) {
            repeat(random, weight, () -> {
                long at = time(random, size);
                faults.add(new Fault.Slow(
                        random.below(nodes), at, until(random, at, 60 * SECOND, size), random.between(1_000, 300_000)));
            });
        }
        if ((classes & 32) != 0) {
            repeat(
                    random,
                    weight,
                    () -> faults.add(new Fault.ClockStep(
                            random.below(nodes), time(random, size), random.between(-3600, 3600) * SECOND)));
        }
        if ((classes & 64) != 0) {
            for (int node = 0; node < nodes; node++) {
                if (random.permille(500)) {
                    faults.add(
                            new Fault.Skew(node, random.between(-600, 600) * SECOND, (int) random.between(-500, 500)));
                }
            }
        }
        if ((classes & 128) != 0 && nodes > 2) {
            for (int node = 0; node < nodes; node++) {
                if (byzantine.size() < nodes / 3 && random.permille(250)) {
                    byzantine.add(node);
                }
            }
        }
        faults.sort(Comparator.comparingLong(Fault::at));
        Plan.Net net = new Plan.Net(
                random.between(100, 20_000),
                random.permille(200) ? 0 : random.between(1_000, 200_000),
                random.permille(200) ? 0 : random.between(100, 50_000),
                random.between(10_000, 20_000_000),
                random.between(500, 50_000),
                Plan.Spread.values()[random.below(Plan.Spread.values().length)]);
        return new Plan(
                scenario,
                seed,
                nodes,
                List.of(),
                byzantine,
                net,
                size.time(),
                size.time() + bound,
                faults,
                List.of(),
                List.of());
    }

    private static void repeat(SimRandom random, int most, Runnable draw) {
        int times = 1 + random.below(most);
        for (int i = 0; i < times; i++) {
            draw.run();
        }
    }

    private static long time(SimRandom random, Scenario.Size size) {
        return random.below(size.time());
    }

    private static long until(SimRandom random, long at, long mean, Scenario.Size size) {
        return Math.min(size.time(), at + random.exponential(mean));
    }

    private static Fault.Crash crash(SimRandom random, Scenario.Size size) {
        long at = time(random, size);
        long up = until(random, at, 10 * SECOND, size);
        return new Fault.Crash(
                random.below(size.nodes()),
                at,
                Math.max(1, up - at),
                random.permille(500) ? 1 + random.below(20) : 0,
                random.permille(500),
                random.below(1001));
    }

    private static Fault.Partition partition(SimRandom random, Scenario.Size size) {
        long at = time(random, size);
        return new Fault.Partition(
                random.next(),
                at,
                until(random, at, 30 * SECOND, size),
                random.permille(300),
                random.permille(300) ? random.between(SECOND / 10, 5 * SECOND) : 0);
    }
}
