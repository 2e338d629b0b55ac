package dev.dunlin.dht.query;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.QueryOutcome.End;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The query machine: it asks whom a lookup chooses, and tells it what came back. */
record QueryReducer(QueryState own, Context ctx) {

    static QueryState reduce(QueryState own, QueryAction action, Context ctx) {
        return new QueryReducer(own, ctx).reduce(action);
    }

    /** What was asked in the last run has no answer in this one. */
    static QueryState boot(QueryState own, NodeAction.Booted booted, Context ctx) {
        return QueryState.of(QueryConfig.of(booted.config()), own.last());
    }

    static QueryState configured(QueryState own, Table<String, String> values, long now) {
        QueryConfig config = QueryConfig.of(values);
        return new QueryState(
                config, own.pool().bounded(config.maxQueries(), config.maxQueriesOfOne()), own.tickets(), own.last());
    }

    private QueryState reduce(QueryAction action) {
        return switch (action) {
            case QueryAction.Start wish -> started(wish);
            case QueryAction.Stop(Ticket ticket) -> {
                long number = own.tickets().at(ticket);
                yield ended(number, own.running().at(number), End.STOPPED);
            }
            case QueryAction.AnswerCame fact -> answered(fact, own.running().at(fact.query()));
            case QueryAction.AnswerMissing fact -> missed(fact, own.running().at(fact.query()));
            case QueryAction.QueryDue(long number) -> {
                Query query = own.running().at(number);
                yield ctx.now() >= query.until()
                        ? ended(number, query, End.TIMED_OUT)
                        : further(number, query.with(query.lookup().outwaited(ctx.now())));
            }
            case QueryAction.PeerHelped _, QueryAction.PeerFailed _ -> own;
        };
    }

    private QueryState started(QueryAction.Start wish) {
        QueryConfig config = own.config();
        Key target = Key.ofPreimage(wish.question().key());
        Query query = new Query(
                wish.ticket(),
                wish.owner(),
                wish.protocol(),
                wish.question(),
                wish.filter(),
                ctx.now(),
                ctx.now() + config.timeout(),
                0,
                0,
                Lookup.of(
                        target,
                        config.self().orElseThrow(),
                        wish.terms(),
                        config.limits(wish.question()),
                        wish.seeds()),
                Trace.of(wish.isTraced()));
        long number = own.last() + 1;
        QueryState begun = new QueryState(
                config, own.pool().start(number, query), own.tickets().with(wish.ticket(), number), number);
        return new QueryReducer(begun, ctx).further(number, query);
    }

    /** Asks as many as may be asked now, and ends what is over. */
    private QueryState further(long number, Query query) {
        Lookup lookup = query.lookup();
        Trace trace = query.trace();
        long now = ctx.now() - query.startedAt();
        Optional<Lookup.Choice> next = lookup.isOver() ? Optional.empty() : lookup.next();
        while (next.isPresent()) {
            Contact contact = next.get().candidate().contact();
            lookup = lookup.asked(next.get(), ctx.now());
            trace = trace.asked(lookup.sent(), next.get().candidate(), now);
            ctx.then(new ExchangeAction.Ask(
                    new Ticket(QueryMachine.NAME, Query.ask(number, lookup.sent())),
                    contact.peer(),
                    contact.addresses()
                            .subList(
                                    0,
                                    Math.min(
                                            ConnectionAction.MAX_ADDRESSES,
                                            contact.addresses().size())),
                    true,
                    query.protocol(),
                    query.question(),
                    own.config().requestTimeout()));
            next = lookup.next();
        }
        Query after = query.with(lookup, trace);
        return lookup.isOver()
                ? ended(number, after, reason(after))
                : own.with(own.pool().next(number, after));
    }

    private static End reason(Query query) {
        return query.lookup().sent() == 0 ? End.NO_CONTACTS : query.answers() == 0 ? End.NO_ANSWERS : End.CONVERGED;
    }

    private QueryState ended(long number, Query query, End end) {
        for (int request : query.lookup().requests().keys()) {
            ctx.then(new ExchangeAction.Cancel(new Ticket(QueryMachine.NAME, Query.ask(number, request))));
        }
        Lookup lookup = query.lookup();
        ctx.then(new QueryOutcome.Done(
                query.ticket(),
                number,
                end,
                lookup.closest(),
                lookup.sent(),
                query.answers(),
                query.failures(),
                lookup.dropped(),
                ctx.now() - query.startedAt(),
                query.trace().all(lookup)));
        Pool<Long, Query> left = own.pool().end(number);
        return new QueryState(own.config(), left, own.tickets().without(query.ticket()), own.last());
    }

    private QueryState answered(QueryAction.AnswerCame fact, Query query) {
        if (!fact.answer().answers(query.question())) {
            return missed(
                    new QueryAction.AnswerMissing(
                            fact.query(),
                            fact.request(),
                            fact.peer(),
                            AskFailure.MALFORMED,
                            "it answers another question than the one that was asked"),
                    query);
        }
        Candidate answerer = query.lookup().candidate(query.lookup().requests().at(fact.request()));
        ctx.then(new QueryAction.PeerHelped(fact.peer(), query.protocol(), answerer.contact(), fact.from()));
        ctx.then(new QueryOutcome.Told(query.ticket(), fact.peer(), fact.from(), answerer.hops(), fact.answer()));
        List<Contact> named = named(query, fact.answer());
        Lookup further = query.lookup().answered(fact.request(), named);
        Trace trace = query.trace().answered(fact.request(), ctx.now() - query.startedAt(), named.size());
        return further(fact.query(), query.counted(true, further, trace));
    }

    private static List<Contact> named(Query query, KadAnswer answer) {
        List<Contact> named = new ArrayList<>();
        if (answer instanceof KadAnswer.WithCloser with) {
            for (PeerInfo info : with.closer()) {
                Contact contact = Contact.of(info.peer(), query.filter().kept(info.addresses()));
                if (!contact.addresses().isEmpty()) {
                    named.add(contact);
                }
            }
        }
        return named;
    }

    private QueryState missed(QueryAction.AnswerMissing fact, Query query) {
        if (!fact.why().isOurs()) {
            ctx.then(new QueryAction.PeerFailed(fact.peer(), query.protocol(), fact.why()));
        }
        Lookup further = query.lookup().failed(fact.request());
        Trace trace = query.trace().unanswered(fact.request(), ctx.now() - query.startedAt(), fact.why());
        return further(fact.query(), query.counted(false, further, trace));
    }
}
