package dev.dunlin.dht.crawl;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import java.util.List;

/** The actions of the crawl machine. */
public sealed interface CrawlAction extends Action {

    /** An action about a crawl that goes on, or has gone on. */
    sealed interface OfCrawl extends CrawlAction {

        /** The kind of subject that is a crawl; its key is the number. */
        String KIND = "crawl";

        /** The crawl. */
        long crawl();

        @Override
        default Subject about() {
            return Subject.of(KIND, crawl());
        }
    }

    /** Wish: find all nodes of a network. How far it is, is told ({@link CrawlOutcome.Progressed}), and at last {@link CrawlOutcome.Done}. */
    record Start(Ticket ticket, Network network) implements CrawlAction, Wish {}

    /**
     * Wish: no more is to be asked; the end is told with what was found.
     *
     * @param ticket that of the crawl
     */
    record Stop(Ticket ticket) implements CrawlAction {}

    /** Whom this node knows in the network. */
    record Seeded(long crawl, List<Contact> nodes) implements OfCrawl {
        /** Copies the list. */
        public Seeded {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * This node is not part of the network.
     *
     * @param why a sentence without its full stop
     */
    record Unseeded(long crawl, String why) implements OfCrawl {}

    /**
     * A node has answered.
     *
     * @param request which question of the crawl
     */
    record AnswerCame(long crawl, int request, PeerId peer, KadAnswer answer) implements OfCrawl {}

    /**
     * A node will not answer.
     *
     * @param detail what more is known, for people
     */
    record AnswerMissing(long crawl, int request, PeerId peer, AskFailure why, String detail) implements OfCrawl {}

    /** Due: the time of a crawl is over. */
    record CrawlDue(long crawl) implements OfCrawl {}
}
