package dev.dunlin.core.sim;

import java.util.ArrayDeque;

/**
 * A reliable connection between two nodes, as TCP is: what is sent arrives in order, or the connection breaks and both ends
 * find out. Faults hold it back or break it.
 */
public final class Wire {

    /** A silent peer is given up after so many microseconds, as by the multiplexer's keepalive. */
    public static final long KEEPALIVE = 30_000_000;

    private final World<?> world;
    private final int[] nodes;
    private final long ordinal;
    private final Ends ends;
    private final Direction[] directions;
    private final long latency;
    private boolean broken;

    /** Is told what becomes of the connection. */
    public interface Ends {
        /**
         * One end is to find that the connection is broken.
         *
         * @param end 0 for who made it, 1 for the other
         */
        void broken(int end);
    }

    private static final class Direction {
        final int from;
        final SimRandom random;

        // Empty nearly always.
        final ArrayDeque<Runnable> held = new ArrayDeque<>(1);

        long freeAt;
        long arrivesAt;
        boolean draining;

        Direction(int from, SimRandom random) {
            this.from = from;
            this.random = random;
        }
    }

    Wire(World<?> world, int from, int to, long ordinal, Ends ends) {
        this.world = world;
        this.nodes = new int[] {from, to};
        this.ordinal = ordinal;
        this.ends = ends;
        this.latency = world.latency(from, to);
        this.directions = new Direction[] {
            new Direction(0, world.random(0x77697265, from, to, ordinal, 0)),
            new Direction(1, world.random(0x77697265, from, to, ordinal, 1))
        };
    }

    /** The node at an end. */
    public int node(int end) {
        return nodes[end];
    }

    /** The how manieth connection it is that the one node made, from 1. */
    public long ordinal() {
        return ordinal;
    }

    /** Whether it has broken. */
    public boolean isBroken() {
        return broken;
    }

    /**
     * Sends from an end.
     *
     * @param from 0 for who made it, 1 for the other
     * @param bytes how long the message is
     * @param arrives what happens at the other end
     */
    public void send(int from, int bytes, Runnable arrives) {
        if (broken) {
            return;
        }
        Direction way = directions[from];
        long now = world.now();
        Plan.Net net = world.plan().net();
        way.freeAt = Math.max(way.freeAt, now) + bytes * 1_000_000L / net.bandwidth();
        long takes = latency + net.spread().draw(way.random, net.jitter());
        way.arrivesAt = Math.max(way.arrivesAt, way.freeAt + takes);
        world.at(way.arrivesAt, () -> arrive(way, arrives));
    }

    private void arrive(Direction way, Runnable arrives) {
        if (broken) {
            return;
        }
        if (!way.held.isEmpty() || blocked(way)) {
            way.held.add(arrives);
            if (!way.draining) {
                way.draining = true;
                retry(way, world.now() + KEEPALIVE);
            }
        } else {
            arrives.run();
        }
    }

    private boolean blocked(Direction way) {
        return world.blocked(nodes[way.from], nodes[1 - way.from]);
    }

    private void retry(Direction way, long giveUp) {
        world.at(Math.min(world.opens(nodes[way.from], nodes[1 - way.from]), giveUp), () -> {
            if (broken) {
                return;
            }
            if (!blocked(way)) {
                way.draining = false;
                while (!way.held.isEmpty() && !broken) {
                    way.held.remove().run();
                }
            } else if (world.now() >= giveUp) {
                breakNow();
            } else {
                retry(way, giveUp);
            }
        });
    }

    /** Breaks it: what is on its way is lost, and both ends find out, one after the other. */
    public void breakNow() {
        if (!broken) {
            close();
            ends.broken(0);
            ends.broken(1);
        }
    }

    /** The process at an end is gone without a word: the other end finds out when it has been silent for long. */
    public void fallSilent(int end) {
        if (!broken) {
            close();
            world.after(KEEPALIVE, () -> ends.broken(1 - end));
        }
    }

    /** It is over, and both ends know or will be told otherwise: nothing arrives any more. */
    public void close() {
        broken = true;
        directions[0].held.clear();
        directions[1].held.clear();
        world.forget(this);
    }
}
