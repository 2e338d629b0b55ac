package dev.dunlin.dht.query;

import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.KadQuestion;

/**
 * A query that runs.
 *
 * @param ticket whose it is; of no other query that runs
 * @param owner who shares its places with others, such as a machine
 * @param protocol the name of the protocol that is spoken
 * @param question what each node is asked
 * @param filter which of the addresses that answers name are used
 * @param startedAt when it began, microseconds of the node's time
 * @param until when its time is over
 * @param answers how many have answered
 * @param failures how many have not, and will not
 * @param trace what is remembered of them
 */
public record Query(
        Ticket ticket,
        String owner,
        String protocol,
        KadQuestion question,
        AddressFilter filter,
        long startedAt,
        long until,
        int answers,
        int failures,
        Lookup lookup,
        Trace trace)
        implements Pool.Member {

    private static final int REQUEST_BITS = 16;

    /** The most questions of one query. */
    static final int MOST_REQUESTS = (1 << REQUEST_BITS) - 1;

    /** When its time is over, or patience with somebody. */
    @Override
    public long at() {
        return Math.min(until, lookup.requests().nextDue());
    }

    @Override
    public boolean isOver() {
        return false;
    }

    Query with(Lookup further) {
        return with(further, trace);
    }

    Query with(Lookup further, Trace remembered) {
        return new Query(
                ticket, owner, protocol, question, filter, startedAt, until, answers, failures, further, remembered);
    }

    Query counted(boolean hasAnswered, Lookup further, Trace remembered) {
        return new Query(
                ticket,
                owner,
                protocol,
                question,
                filter,
                startedAt,
                until,
                answers + (hasAnswered ? 1 : 0),
                failures + (hasAnswered ? 0 : 1),
                further,
                remembered);
    }

    /** By what number the exchange knows a question of a query. */
    static long ask(long query, int request) {
        return query << REQUEST_BITS | request;
    }

    /** The ticket of the first question of a query. */
    public static Ticket firstQuestion(long query) {
        return new Ticket(QueryMachine.NAME, ask(query, 1));
    }

    /** The query of a question that the exchange knows by a number. */
    public static long queryOf(long ask) {
        return ask >>> REQUEST_BITS;
    }

    /** Which of its questions. */
    static int requestOf(long ask) {
        return (int) ask & MOST_REQUESTS;
    }
}
