package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.dht.record.StoreFailure;
import java.util.Optional;

/**
 * How the disks of simulated nodes are on which records are kept: how long they take, and how often they fail.
 *
 * @param least the shortest time in which a request is done, microseconds
 * @param most the longest
 * @param failing how many of a thousand requests fail
 * @param why how these fail
 * @param lost how many of a thousand requests have no answer; half of them are done all the same
 */
public record SimulatedDisk(long least, long most, int failing, StoreFailure why, int lost) {

    /** 0.1 to 5 ms, and never a failure. */
    public static final SimulatedDisk GOOD = new SimulatedDisk(100, 5_000, 0, StoreFailure.INPUT_OUTPUT, 0);

    /** Checks the ranges. */
    public SimulatedDisk {
        if (least < 0 || most < least || failing < 0 || lost < 0 || failing + lost > 1000) {
            throw new IllegalArgumentException("a disk takes a time, and fails at most 1000 of 1000 times");
        }
    }

    /** This, where so many of a thousand requests fail. */
    public SimulatedDisk failing(int permille, StoreFailure how) {
        return new SimulatedDisk(least, most, permille, how, lost);
    }

    /** This, where so many of a thousand requests have no answer. */
    public SimulatedDisk losing(int permille) {
        return new SimulatedDisk(least, most, failing, why, permille);
    }

    /** What becomes of one request. */
    Deed deed(SimRandom random) {
        int lot = random.below(1000);
        long after = random.between(least, most);
        if (lot < failing) {
            return new Deed(after, false, true, Optional.of(why));
        }
        boolean isLost = lot < failing + lost;
        return new Deed(after, !isLost || random.permille(500), !isLost, Optional.empty());
    }

    /**
     * What becomes of a request.
     *
     * @param after how long it takes, microseconds
     * @param isDone whether it is done
     * @param isAnswered whether that is told
     * @param failure how it has failed
     */
    record Deed(long after, boolean isDone, boolean isAnswered, Optional<StoreFailure> failure) {}
}
