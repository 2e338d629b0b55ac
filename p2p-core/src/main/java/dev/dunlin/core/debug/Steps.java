package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import dev.dunlin.core.replay.Replayer;
import java.util.function.LongConsumer;

/**
 * A range of a log's steps.
 *
 * @param from the first, from 1
 * @param to the last
 */
record Steps(long from, long to) {

    /**
     * A range that is there to be exported.
     *
     * @throws LogException if it is empty or longer than the export can hold
     */
    static Steps of(long from, long to, int most) {
        if (from < 1 || to < from) {
            throw new LogException(
                    "an export takes a step from 1 on up to the same or a later one, not " + from + " to " + to);
        }
        if (to - from >= most) {
            throw new LogException("an export has at most " + most + " steps, not those from " + from + " to " + to
                    + ": take a part of them");
        }
        return new Steps(from, to);
    }

    /**
     * Stands before the range, then on each of its steps.
     *
     * @param at is told the step; the replayer stands there
     * @throws LogException if the log does not have all of them, or this build cannot take one
     */
    void walk(Replayer<?> replayer, LongConsumer at) {
        seekBefore(replayer, from);
        at.accept(from - 1);
        for (long step = from; step <= to; step++) {
            if (!replayer.forward()) {
                throw LogException.NoStep.behind(step - 1, to);
            }
            at.accept(step);
        }
    }

    /**
     * Stands before a step.
     *
     * @throws LogException.NoStep that names the step itself if the log does not have it
     */
    static void seekBefore(Replayer<?> replayer, long step) {
        if (!replayer.trySeek(step - 1)) {
            throw LogException.NoStep.behind(replayer.step(), step);
        }
    }
}
