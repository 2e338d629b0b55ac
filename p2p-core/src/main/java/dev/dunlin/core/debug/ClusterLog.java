package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.Optional;
import java.util.function.Function;

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
     * @param opener opens the log with a store of the slices whose types it has
     * @param store a store of these slices, used for nothing else meanwhile
     * @throws LogException if the log fits this build only with losses, or not at all
     */
    static <R> ClusterLog of(String name, Function<Store<R>, LogReader<R>> opener, Store<R> store) {
        LogReader<R> log = opener.apply(store);
        if (log.fit().fit() != Schema.Fit.FINE) {
            throw new LogException("the log of " + name + " does not fit this build:\n"
                    + log.fit().text() + "\nJoin it with the build that wrote it");
        }
        return () -> new ClusterReplay<>(name, log, store);
    }
}
