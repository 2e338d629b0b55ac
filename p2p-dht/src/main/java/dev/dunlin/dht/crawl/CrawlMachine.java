package dev.dunlin.dht.crawl;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;

/** The crawl machine. */
public final class CrawlMachine {

    /** Its name. */
    public static final String NAME = "crawl";

    private static final int REQUEST_BITS = 31;

    /** The most peers that a node may be taken to have named: those of as many answers as it has buckets. */
    private static final long MOST_NAMED = 15L * 1024;

    /** The registration. */
    public static final Machine<Object, CrawlState, CrawlAction> CRAWL = Machine.of(NAME, CrawlState.INITIAL)
            .actions(CrawlAction.class, CrawlOutcome.class)
            .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
            .text(Key.TEXT)
            .text(Network.TEXT)
            .settings(CrawlConfig.SETTINGS)
            .boots(CrawlReducer::boot)
            .configures((own, config, now) -> own.configured(CrawlConfig.of(config)))
            .guards(CrawlGuards.ALL)
            .reduces(CrawlReducer::reduce)
            .due(CrawlAction.CrawlDue.class, CrawlState::running, CrawlAction.CrawlDue::new)
            .onOutcome(
                    RoutingOutcome.Found.class, (ticket, fact) -> new CrawlAction.Seeded(ticket.key(), fact.nearest()))
            .onOutcome(
                    ExchangeOutcome.Answered.class,
                    (ticket, fact) -> new CrawlAction.AnswerCame(
                            crawl(ticket), request(ticket), fact.peer(), (KadAnswer) fact.message()))
            .onOutcome(
                    ExchangeOutcome.AskFailed.class,
                    (ticket, fact) -> new CrawlAction.AnswerMissing(
                            crawl(ticket), request(ticket), fact.peer(), fact.why(), fact.detail()))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> fact.subject().kind().equals(OfPeer.KIND)
                            ? new CrawlAction.AnswerMissing(
                                    crawl(ticket),
                                    request(ticket),
                                    PeerId.parse(fact.subject().key()),
                                    AskFailure.BUSY,
                                    Refusals.why(fact))
                            : new CrawlAction.Unseeded(ticket.key(), Refusals.why(fact)))
            .transitions("""
                    running: start, stop

                    crawling > noCrawl: seeded, unseeded, answerCame, answerMissing, crawlDue, stop, booted
                    crawling: seeded, answerCame, answerMissing""")
            .phases(CrawlState::phaseOf)
            .invariants(CrawlInvariants.ALL)
            .budget(budget());

    private CrawlMachine() {}

    /** By what ticket the exchange knows a question of a crawl. */
    static Ticket ticket(long crawl, int request) {
        return new Ticket(NAME, crawl << REQUEST_BITS | request);
    }

    private static long crawl(Ticket ticket) {
        return ticket.key() >>> REQUEST_BITS;
    }

    private static int request(Ticket ticket) {
        return (int) (ticket.key() & Integer.MAX_VALUE);
    }

    private static long budget() {
        long node = 2L * Contact.MAX_BYTES + Contact.MAX_ADDRESSES * 16L + 1024;
        long asking = MOST_NAMED * 128 + 256;
        return CrawlConfig.MOST_CRAWLS * (CrawlConfig.MOST_NODES * node + CrawlConfig.MOST_WIDTH * asking) + (1 << 20);
    }
}
