package dev.dunlin.core.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * All that a run is made of besides the scenario's code: run it again, and the same happens. What users wish, what goes
 * wrong, and what byzantine nodes do stands in lists, so that a plan can be shortened.
 *
 * @param scenario its name
 * @param seed what everything else is drawn from: latencies, jitter, the nodes' own seeds
 * @param nodes how many there are
 * @param absent nodes that never boot, in order
 * @param byzantine nodes that do not keep the rules, in order
 * @param net how links are
 * @param safe the phase of faults ends then, microseconds after the beginning
 * @param live then all that was wished must have come to an end, microseconds after the beginning
 * @param faults in the order of their times
 * @param wishes in the order of their times
 * @param misdeeds of the byzantine nodes, in the order of their times
 */
public record Plan(
        String scenario,
        long seed,
        int nodes,
        List<Integer> absent,
        List<Integer> byzantine,
        Net net,
        long safe,
        long live,
        List<Fault> faults,
        List<Wish> wishes,
        List<Misdeed> misdeeds) {

    /**
     * How links are, before faults.
     *
     * @param least microseconds one way, at least
     * @param mean microseconds that a link adds on average, drawn once for each pair of nodes
     * @param jitter microseconds that each message adds on average
     * @param bandwidth bytes a second of a connection, each way; at least 1
     * @param force microseconds that a force of the log takes
     * @param spread how latencies of pairs and jitters of messages are spread around their means
     */
    public record Net(long least, long mean, long jitter, long bandwidth, long force, Spread spread) {
        /** Checks the ranges. */
        public Net {
            if (least < 0 || mean < 0 || jitter < 0 || bandwidth < 1 || force < 0) {
                throw new IllegalArgumentException(
                        "a link's times are not negative, and it carries a byte a second at least");
            }
        }

        /** A few to some hundred milliseconds, 10 MB/s, 5 ms. */
        public static final Net WIDE = new Net(1_000, 40_000, 2_000, 10_000_000, 5_000, Spread.EXPONENTIAL);
    }

    /** How times are spread around a mean. */
    public enum Spread {
        /** Many short, few long. */
        EXPONENTIAL,
        /** Each as likely as the other, from nothing to twice the mean. */
        UNIFORM,
        /** Nearly all below the mean, and now and then one that is a hundred times as long. */
        HEAVY_TAILED;

        // Of a Pareto distribution: its shape, and its least value as a part of its mean.
        private static final double PARETO = 1.5;
        private static final double PARETO_LEAST = (PARETO - 1) / PARETO;

        /** A time of this mean in microseconds, at most a hundred times as long; 0 if the mean is. */
        long draw(SimRandom random, long mean) {
            if (mean == 0) {
                return 0;
            }
            return switch (this) {
                case EXPONENTIAL -> random.exponential(mean);
                case UNIFORM -> random.between(0, 2 * mean);
                case HEAVY_TAILED ->
                    (long) Math.min(100.0 * mean, PARETO_LEAST * mean / StrictMath.pow(random.unit(), 1 / PARETO));
            };
        }
    }

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are no nodes, a phase ends before it begins, a node is named that there is not,
     *     or a misdeed is of a node that is not byzantine
     */
    public Plan {
        absent = List.copyOf(absent);
        byzantine = List.copyOf(byzantine);
        faults = List.copyOf(faults);
        wishes = List.copyOf(wishes);
        misdeeds = List.copyOf(misdeeds);
        if (nodes < 1 || safe < 0 || live < safe) {
            throw new IllegalArgumentException("a plan has a node at least, and its phases follow one another");
        }
        for (Fault fault : faults) {
            nodesOf(fault).forEach(node -> requireNode(node, nodes));
        }
        wishes.forEach(wish -> requireNode(wish.node(), nodes));
        absent.forEach(node -> requireNode(node, nodes));
        byzantine.forEach(node -> requireNode(node, nodes));
        for (Misdeed misdeed : misdeeds) {
            if (!byzantine.contains(misdeed.node())) {
                throw new IllegalArgumentException("a misdeed is of node " + misdeed.node()
                        + ", which is not byzantine: name it among those that are");
            }
        }
    }

    /** How many events it has: wishes, faults and misdeeds. */
    public int events() {
        return faults.size() + wishes.size() + misdeeds.size();
    }

    /** This plan with other faults. */
    public Plan withFaults(List<Fault> others) {
        return new Plan(scenario, seed, nodes, absent, byzantine, net, safe, live, others, wishes, misdeeds);
    }

    /** This plan with other wishes. */
    public Plan withWishes(List<Wish> others) {
        return new Plan(scenario, seed, nodes, absent, byzantine, net, safe, live, faults, others, misdeeds);
    }

    /** This plan with other misdeeds, of the byzantine nodes that it has. */
    public Plan withMisdeeds(List<Misdeed> others) {
        return new Plan(scenario, seed, nodes, absent, byzantine, net, safe, live, faults, wishes, others);
    }

    /** This plan with other byzantine nodes, who do nothing yet. */
    public Plan withByzantine(List<Integer> others) {
        return new Plan(scenario, seed, nodes, absent, others, net, safe, live, faults, wishes, List.of());
    }

    /** This plan with other ends of its phases. */
    public Plan withPhases(long newSafe, long newLive) {
        return new Plan(scenario, seed, nodes, absent, byzantine, net, newSafe, newLive, faults, wishes, misdeeds);
    }

    /** This plan with only well-behaved nodes. */
    public Plan honest() {
        return withByzantine(List.of());
    }

    /** This plan without a node, what it wishes, what goes wrong with it, and what it does that it should not. */
    public Plan without(int node) {
        List<Integer> gone = new ArrayList<>(absent);
        gone.add(node);
        gone.sort(null);
        return new Plan(
                scenario,
                seed,
                nodes,
                gone,
                byzantine.stream().filter(other -> other != node).toList(),
                net,
                safe,
                live,
                faults.stream().filter(fault -> !nodesOf(fault).contains(node)).toList(),
                wishes.stream().filter(wish -> wish.node() != node).toList(),
                misdeeds.stream().filter(misdeed -> misdeed.node() != node).toList());
    }

    private static void requireNode(int node, int nodes) {
        if (node < 0 || node >= nodes) {
            throw new IllegalArgumentException("a plan names node " + node + ", and its nodes are 0 to " + (nodes - 1));
        }
    }

    // Those that it names; a partition names sides.
    private static List<Integer> nodesOf(Fault fault) {
        return switch (fault) {
            case Fault.Crash crash -> List.of(crash.node());
            case Fault.Slow slow -> List.of(slow.node());
            case Fault.ClockStep step -> List.of(step.node());
            case Fault.Skew skew -> List.of(skew.node());
            case Fault.Cut cut -> List.of(cut.one(), cut.other());
            case Fault.Stall stall -> List.of(stall.one(), stall.other());
            case Fault.Partition _ -> List.of();
        };
    }
}
