package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.Optional;

/** One node's log among those that {@link Cluster} joins: its turns, made again by replay, from the first that is kept. */
@FunctionalInterface
public interface ClusterLog {

    /** The turns from the beginning; each call begins anew, and those of the call before are of no use any more. */
    Turns turns();

    /** A node's turns, one after the other. */
    interface Turns extends AutoCloseable {

        /**
         * The next turn; empty at the end, and before an input that stopped the node.
         *
         * @throws LogException if the log is damaged, or does not replay to what was recorded
         */
        Optional<Turn> next();

        @Override
        void close();
    }

    /**
     * A recorded log.
     *
     * @param name what messages call it
     * @param log the log
     * @param store the store that it was opened with, used for nothing else meanwhile
     * @param acceptRisky whether a log that fits this build only with losses is taken; digests of what is lost are not compared
     * @throws LogException if the log does not fit: the message has the worst differences, {@link LogReader#fit} all
     */
    static <R> ClusterLog of(String name, LogReader<R> log, Store<R> store, boolean acceptRisky) {
        log.requireFit("the log of " + name, "join", "joined", acceptRisky);
        return () -> new ClusterReplay<>(name, log, store);
    }
}
