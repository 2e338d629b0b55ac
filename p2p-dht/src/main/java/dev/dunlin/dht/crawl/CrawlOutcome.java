package dev.dunlin.dht.crawl;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import java.util.List;

/** What the asker of a crawl is told: any number of {@link Progressed}, then one {@link Done}. */
public sealed interface CrawlOutcome extends Outcome {

    /**
     * One more node was asked all that it is asked.
     *
     * @param known how many nodes are known
     * @param finished how many of them were asked all
     * @param reached how many of these have answered
     */
    record Progressed(Ticket ticket, int known, int finished, int reached) implements CrawlOutcome, Progress {}

    /**
     * The crawl is over.
     *
     * @param nodes those that were asked something, each once, in the order of their ids
     * @param unasked how many others were named and not asked, since the crawl was over before
     * @param dropped how often a node was named and not taken, for want of room
     * @param questions how many were asked
     * @param took how long it took, microseconds
     */
    record Done(
            Ticket ticket,
            Network network,
            Completion completion,
            List<CrawledNode> nodes,
            int unasked,
            long dropped,
            int questions,
            long took)
            implements CrawlOutcome {
        /** Copies the list. */
        public Done {
            nodes = List.copyOf(nodes);
        }
    }

    /** Why a crawl is over. */
    enum Completion {
        /** All that were named were asked. */
        COMPLETE,
        /** This node knows nobody in the network, or is not part of it. */
        NOBODY,
        /** Its time is over. */
        TIMED_OUT,
        /** It was stopped by its asker. */
        STOPPED
    }
}
