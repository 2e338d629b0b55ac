package dev.dunlin.dht.routing;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.RoutingTable;
import java.util.List;

/**
 * What a node knows of one network.
 *
 * @param table whom it knows
 * @param candidates whom it has heard of
 * @param checking the nodes that are being looked at, and by which task
 * @param mostChecks how many may be
 * @param refresh where it is in looking for others
 * @param size how many nodes the network has
 * @param joinAt when it is joined again by the nodes that it was told of; {@link Due#NEVER} while it knows enough
 * @param isServed whether this node answers
 */
public record Space(
        RoutingTable table,
        Candidates candidates,
        Table<PeerId, Long> checking,
        int mostChecks,
        Refresh refresh,
        NetworkSize size,
        long joinAt,
        boolean isServed)
        implements Due {

    /**
     * A round of lookups: for this node's own id, for each bucket of the table that has room, and for any keys.
     *
     * @param at when the next round begins, microseconds of the node's time
     * @param bucket for which bucket was looked last in this round, or is being looked; {@link #OWN} for the own id, from
     *     {@link #ANYWHERE} on for any key, {@link #REST} between two rounds
     * @param lookup the task that looks, 0 if none does
     * @param waiters who is told when the round is over
     */
    public record Refresh(long at, int bucket, long lookup, List<Ticket> waiters) {

        /** No round goes on. */
        static final int REST = -2;

        /** The own id. */
        static final int OWN = -1;

        /** Any key, of all of the network. */
        static final int ANYWHERE = Key.BITS + 1;

        /** The most that wait for the end of a round. */
        static final int MOST_WAITERS = 64;

        /** Copies the list. */
        public Refresh {
            waiters = List.copyOf(waiters);
        }

        static Refresh due(long at) {
            return new Refresh(at, REST, 0, List.of());
        }

        /** Whether a round goes on. */
        boolean isRunning() {
            return bucket != REST;
        }

        Refresh looking(int at, long task) {
            return new Refresh(this.at, at, task, waiters);
        }
    }

    static Space of(RoutingTable table, int mostChecks, long refreshAt, long joinAt) {
        return new Space(
                table,
                Candidates.NONE,
                Table.empty(),
                mostChecks,
                Refresh.due(refreshAt),
                NetworkSize.UNKNOWN,
                joinAt,
                false);
    }

    /** Whether another node may be looked at now. */
    boolean mayCheck() {
        return checking.size() < mostChecks;
    }

    /** When a node is to be looked at, others are to be looked for, or the network is to be joined. */
    @Override
    public long at() {
        long check = mayCheck() ? table.nextCheck() : NEVER;
        // Who knows nobody can ask nobody: the round waits until somebody is known.
        long round = refresh.isRunning() || table.size() == 0 ? NEVER : refresh.at();
        return Math.min(Math.min(check, round), joinAt);
    }

    Space with(RoutingTable changed) {
        return new Space(changed, candidates, checking, mostChecks, refresh, size, joinAt, isServed);
    }

    Space with(Candidates changed) {
        return new Space(table, changed, checking, mostChecks, refresh, size, joinAt, isServed);
    }

    Space with(Table<PeerId, Long> changed) {
        return new Space(table, candidates, changed, mostChecks, refresh, size, joinAt, isServed);
    }

    Space with(Refresh changed) {
        return new Space(table, candidates, checking, mostChecks, changed, size, joinAt, isServed);
    }

    Space with(NetworkSize changed) {
        return new Space(table, candidates, checking, mostChecks, refresh, changed, joinAt, isServed);
    }

    Space joining(long at) {
        return new Space(table, candidates, checking, mostChecks, refresh, size, at, isServed);
    }

    Space served(boolean changed) {
        return new Space(table, candidates, checking, mostChecks, refresh, size, joinAt, changed);
    }

    Space limited(RoutingConfig config, Network network) {
        return new Space(
                table.limited(config.limits(network)),
                candidates,
                checking,
                config.maxChecks(),
                refresh,
                size,
                joinAt,
                isServed);
    }
}
