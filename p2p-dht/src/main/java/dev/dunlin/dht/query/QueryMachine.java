package dev.dunlin.dht.query;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;

/** The query machine. */
public final class QueryMachine {

    /** Its name. */
    public static final String NAME = "query";

    /** The registration. */
    public static final Machine<Object, QueryState, QueryAction> QUERY = Machine.of(NAME, QueryState.INITIAL)
            .actions(QueryAction.class, QueryOutcome.class)
            .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
            .text(Key.TEXT)
            .settings(QueryConfig.SETTINGS)
            .defaulted("lookupLimits", "waitsForAll", "false")
            .defaulted("query/answerCame", "from", "null")
            .defaulted("query/peerHelped", "from", "null")
            .defaulted("query/told", "from", "null")
            .defaulted("query/done", "query", "0")
            .defaulted("candidate", "said", "[]")
            .boots(QueryReducer::boot)
            .configures(QueryReducer::configured)
            .guards(QueryGuards.ALL)
            .reduces(QueryReducer::reduce)
            .due(QueryAction.QueryDue.class, QueryState::running, QueryAction.QueryDue::new)
            .onOutcome(
                    Answered.class,
                    (ticket, fact) -> new QueryAction.AnswerCame(
                            Query.queryOf(ticket.key()),
                            Query.requestOf(ticket.key()),
                            fact.peer(),
                            fact.from(),
                            (KadAnswer) fact.message(),
                            fact.took()))
            .onOutcome(
                    AskFailed.class,
                    (ticket, fact) -> new QueryAction.AnswerMissing(
                            Query.queryOf(ticket.key()),
                            Query.requestOf(ticket.key()),
                            fact.peer(),
                            fact.why(),
                            fact.detail()))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> new QueryAction.AnswerMissing(
                            Query.queryOf(ticket.key()),
                            Query.requestOf(ticket.key()),
                            PeerId.parse(fact.subject().key()),
                            AskFailure.BUSY,
                            Refusals.why(fact)))
            .transitions("""
                    running: start, stop, peerHelped, peerFailed

                    asking > noQuery: answerCame, answerMissing, queryDue, stop, booted
                    asking: answerCame, answerMissing, queryDue""")
            .phases(QueryState::phaseOf)
            .invariants(QueryInvariants.ALL)
            .budget(budget());

    private QueryMachine() {}

    private static long budget() {
        long candidate = 2L * Contact.MAX_BYTES + Contact.MAX_ADDRESSES * 16L + 1024;
        long lookup = (long) Terms.MOST_PATHS * QueryConfig.MOST_CANDIDATES + Query.MOST_REQUESTS + Part.MOST;
        return QueryConfig.MOST_QUERIES * (lookup * candidate + KadQuestion.MAX_KEY + 1024);
    }
}
