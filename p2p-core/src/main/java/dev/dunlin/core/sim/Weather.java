package dev.dunlin.core.sim;

import java.util.ArrayList;
import java.util.List;

/** When messages pass between nodes, and how long they take. */
final class Weather {

    private final Plan plan;
    private final List<Fault.Partition> partitions = new ArrayList<>();
    private final List<Fault.Stall> stalls = new ArrayList<>();

    Weather(Plan plan) {
        this.plan = plan;
        for (Fault fault : plan.faults()) {
            switch (fault) {
                case Fault.Partition partition -> partitions.add(partition);
                case Fault.Stall stall -> stalls.add(stall);
                default -> {
                    // Does nothing to links for a time.
                }
            }
        }
    }

    long latency(int from, int to) {
        Plan.Net net = plan.net();
        if (net.mean() == 0) {
            return net.least();
        }
        // Of a pair, not of a direction: so are most routes.
        SimRandom random = SimRandom.of(plan.seed(), 0x6C61, Math.min(from, to), Math.max(from, to));
        return net.least() + Math.min(net.spread().draw(random, net.mean()), 10 * net.mean());
    }

    /** The earliest time at which messages may pass; now if they do. */
    long opens(int from, int to, long now) {
        long opens = now;
        for (Fault.Partition partition : partitions) {
            if (now >= partition.at() && now < partition.until() && parts(partition, from, to)) {
                opens = Math.max(opens, next(partition, now));
            }
        }
        for (Fault.Stall stall : stalls) {
            boolean between =
                    (stall.one() == from && stall.other() == to) || (stall.one() == to && stall.other() == from);
            if (between && now >= stall.at() && now < stall.until()) {
                opens = Math.max(opens, stall.until());
            }
        }
        return opens;
    }

    private static boolean parts(Fault.Partition partition, int from, int to) {
        boolean fromInside = isInside(partition, from);
        boolean toInside = isInside(partition, to);
        return fromInside != toInside && (!partition.oneWay() || fromInside);
    }

    private static boolean isInside(Fault.Partition partition, int node) {
        return (partition.side() >>> (node & 63) & 1) != 0;
    }

    private static long next(Fault.Partition partition, long now) {
        if (partition.flap() == 0) {
            return partition.until();
        }
        long phase = (now - partition.at()) / partition.flap();
        // It begins closed, and is open in every second phase.
        return phase % 2 != 0 ? now : Math.min(partition.until(), partition.at() + (phase + 1) * partition.flap());
    }
}
