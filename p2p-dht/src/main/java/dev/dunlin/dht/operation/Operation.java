package dev.dunlin.dht.operation;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operation that goes on.
 *
 * @param ticket whose it is
 * @param goal what it is for
 * @param startedAt when it began, microseconds of the node's time
 * @param at when its time is over
 * @param searches the networks in which it looks
 * @param found what it has found so far
 * @param holders who has which of the values that were found: whether it is the best
 * @param closest who was found to be nearest, in the network in which something is stored
 * @param storing what is being stored, and with whom
 * @param optimism with whom something can be stored while others are looked for; empty if that is not done
 * @param effort what its lookups took that are over
 */
public record Operation(
        Ticket ticket,
        Goal goal,
        long startedAt,
        long at,
        Table<Network, Search> searches,
        Goal.Found found,
        Table<PeerId, Boolean> holders,
        List<Contact> closest,
        Storing storing,
        Optional<Optimism> optimism,
        Effort effort)
        implements Pool.Member {

    /** Where it is in a network. */
    public enum Search {
        /** What this node holds itself is being asked for. */
        RECALLING,
        /** Whom this node knows there is being asked for. */
        SEEDING,
        /** A query goes on. */
        ASKING,
        /** There is nobody to ask, or the query is over. */
        OVER
    }

    /**
     * With whom something is stored.
     *
     * @param network in which
     * @param waiting who is not asked yet
     * @param asked who is, by the number of the request
     * @param sent how many were asked
     * @param stored how many have stored it
     * @param failed how many have not
     * @param isTold whether the caller knows the end already: the rest is for the good of the network
     */
    public record Storing(
            Network network,
            List<Contact> waiting,
            Table<Integer, PeerId> asked,
            int sent,
            int stored,
            int failed,
            boolean isTold) {

        static final Storing NOTHING = new Storing(Network.WIDE, List.of(), Table.empty(), 0, 0, 0, false);

        /** Copies the list. */
        public Storing {
            waiting = List.copyOf(waiting);
        }

        static Storing with(Network network, List<Contact> nodes, boolean isTold) {
            return new Storing(network, nodes, Table.empty(), 0, 0, 0, isTold);
        }

        /** Whether nobody is to be asked any more, and nobody's answer is awaited. */
        boolean isOver() {
            return waiting.isEmpty() && asked.isEmpty();
        }

        /** With more that wait. */
        Storing further(List<Contact> more) {
            List<Contact> all = new ArrayList<>(waiting);
            all.addAll(more);
            return new Storing(network, all, asked, sent, stored, failed, isTold);
        }

        /** Where the caller knows the end. */
        Storing told() {
            return new Storing(network, waiting, asked, sent, stored, failed, true);
        }

        /** With the first of those that wait asked. */
        Storing next() {
            return new Storing(
                    network,
                    waiting.subList(1, waiting.size()),
                    asked.with(sent + 1, waiting.getFirst().peer()),
                    sent + 1,
                    stored,
                    failed,
                    isTold);
        }

        /** With the end of a request. */
        Storing ended(int request, boolean isStored) {
            return new Storing(
                    network,
                    waiting,
                    asked.without(request),
                    sent,
                    stored + (isStored ? 1 : 0),
                    failed + (isStored ? 0 : 1),
                    isTold);
        }
    }

    static Operation of(Ticket ticket, Goal goal, long now, long until) {
        Search first =
                goal instanceof Goal.PutValueTo ? Search.OVER : goal.isRecalled() ? Search.RECALLING : Search.SEEDING;
        Table<Network, Search> searches = Table.empty();
        for (Network network : Network.values()) {
            searches = searches.with(network, first);
        }
        return new Operation(
                ticket,
                goal,
                now,
                until,
                searches,
                new Goal.Found.Nothing(),
                Table.empty(),
                List.of(),
                Storing.NOTHING,
                Optional.empty(),
                Effort.NONE);
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public String owner() {
        return ticket.machine();
    }

    /** Whether what this node holds itself is being asked for. */
    boolean isRecalling() {
        return searches.at(Network.WIDE) == Search.RECALLING;
    }

    /** As far as what this node holds is known: whom to ask is to be found in each network. */
    Operation seeding() {
        Table<Network, Search> begun = Table.empty();
        for (Network network : searches.keys()) {
            begun = begun.with(network, Search.SEEDING);
        }
        return new Operation(ticket, goal, startedAt, at, begun, found, holders, closest, storing, optimism, effort);
    }

    /** Whether the search is over in all networks. */
    public boolean hasSearched() {
        for (Search search : searches.values()) {
            if (search != Search.OVER) {
                return false;
            }
        }
        return true;
    }

    /** Whether something is being stored. */
    boolean isStoring() {
        return storing.sent() > 0 || !storing.waiting().isEmpty();
    }

    Operation with(Network network, Search search) {
        return new Operation(
                ticket,
                goal,
                startedAt,
                at,
                searches.with(network, search),
                found,
                holders,
                closest,
                storing,
                optimism,
                effort);
    }

    Operation with(Goal.Found more) {
        return new Operation(ticket, goal, startedAt, at, searches, more, holders, closest, storing, optimism, effort);
    }

    Operation holding(Table<PeerId, Boolean> changed) {
        return new Operation(ticket, goal, startedAt, at, searches, found, changed, closest, storing, optimism, effort);
    }

    Operation near(List<Contact> nodes) {
        return new Operation(ticket, goal, startedAt, at, searches, found, holders, nodes, storing, optimism, effort);
    }

    Operation with(Storing changed) {
        return new Operation(ticket, goal, startedAt, at, searches, found, holders, closest, changed, optimism, effort);
    }

    Operation with(Optimism changed) {
        return new Operation(
                ticket, goal, startedAt, at, searches, found, holders, closest, storing, Optional.of(changed), effort);
    }

    Operation with(Effort changed) {
        return new Operation(
                ticket, goal, startedAt, at, searches, found, holders, closest, storing, optimism, changed);
    }
}
