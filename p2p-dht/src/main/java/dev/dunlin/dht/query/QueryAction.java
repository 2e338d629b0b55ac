package dev.dunlin.dht.query;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;
import java.util.Optional;

/** The actions of the query machine. */
public sealed interface QueryAction extends Action {

    /** The most nodes that a query begins with. */
    int MAX_SEEDS = Terms.MOST_WANTED;

    /** An action about a query that runs, or has run. */
    sealed interface OfQuery extends QueryAction {

        /** The kind of subject that is a query; its key is the number. */
        String KIND = "query";

        /** The query. */
        long query();

        @Override
        default Subject about() {
            return Subject.of(KIND, query());
        }
    }

    /**
     * Wish: ask node after node a question until nobody nearer to what it is about is left. Each answer is told ({@link QueryOutcome.Told}),
     * and at last the end ({@link QueryOutcome.Done}).
     *
     * @param ticket of no query that runs
     * @param owner who has the share of it in the pool, 1 to 64 characters
     * @param protocol the name of the protocol that is spoken
     * @param question what each node is asked: for nodes, a value or providers
     * @param seeds the nodes to begin with, at most {@link #MAX_SEEDS}
     * @param filter which of the addresses that answers name are used
     * @param isTraced whether the part of each node is remembered, and told at the end
     */
    record Start(
            Ticket ticket,
            String owner,
            String protocol,
            KadQuestion.OfKey question,
            List<Contact> seeds,
            AddressFilter filter,
            Terms terms,
            boolean isTraced)
            implements QueryAction, Wish {

        /** One of which nothing is remembered. */
        public Start(
                Ticket ticket,
                String owner,
                String protocol,
                KadQuestion.OfKey question,
                List<Contact> seeds,
                AddressFilter filter,
                Terms terms) {
            this(ticket, owner, protocol, question, seeds, filter, terms, false);
        }

        /** Copies the list and checks the bounds. */
        public Start {
            seeds = List.copyOf(seeds);
            if (seeds.size() > MAX_SEEDS) {
                throw new IllegalArgumentException(
                        "a query begins with " + MAX_SEEDS + " nodes at most, not " + seeds.size());
            }
            if (question instanceof KadQuestion.PutValue || question instanceof KadQuestion.AddProvider) {
                throw new IllegalArgumentException(
                        "a query looks for something, and stores nothing: ask each of its result");
            }
            if (owner.isEmpty() || owner.length() > 64) {
                throw new IllegalArgumentException(
                        "the owner of a query has 1 to 64 characters, not " + owner.length());
            }
        }
    }

    /**
     * Wish: no more is to be asked; the end is told with what was found.
     *
     * @param ticket that of the query
     */
    record Stop(Ticket ticket) implements QueryAction {}

    /**
     * A node has answered.
     *
     * @param request which question of the query
     * @param from where from, if that is known
     * @param took how long after the question was written, microseconds
     */
    record AnswerCame(long query, int request, PeerId peer, Optional<Multiaddr> from, KadAnswer answer, long took)
            implements OfQuery {}

    /**
     * A node will not answer.
     *
     * @param detail what more is known, for people
     */
    record AnswerMissing(long query, int request, PeerId peer, AskFailure why, String detail) implements OfQuery {}

    /** Due: the time of a query is over, or patience with somebody. */
    record QueryDue(long query) implements OfQuery {}

    /**
     * Fact for others: a node has answered a question of a query.
     *
     * @param contact where it was asked
     * @param from where it has answered from, if that is known
     */
    record PeerHelped(PeerId peer, String protocol, Contact contact, Optional<Multiaddr> from)
            implements QueryAction, OfPeer {}

    /** Fact for others: a node has not answered one, and not for a reason of this node's own. */
    record PeerFailed(PeerId peer, String protocol, AskFailure why) implements QueryAction, OfPeer {}
}
