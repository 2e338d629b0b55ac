package dev.dunlin.dht.crawl;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import java.util.Map;

/**
 * A crawl that goes on.
 *
 * @param ticket whose it is
 * @param startedAt when it began, microseconds of the node's time
 * @param at when its time is over
 * @param isSeeded whether it knows whom this node knows
 * @param nodes all that are known
 * @param waiting those that were not asked yet, in the order in which they were named
 * @param asking the questions under way, by number; each of another node
 * @param counts how many there were of what
 */
public record Crawl(
        Ticket ticket,
        Network network,
        long startedAt,
        long at,
        boolean isSeeded,
        Table<PeerId, CrawledNode> nodes,
        Table<Long, PeerId> waiting,
        Table<Integer, Asking> asking,
        Counts counts)
        implements Pool.Member {

    /**
     * A question under way.
     *
     * @param bucket for which bucket of the node's table
     * @param named whom the node has named so far
     */
    public record Asking(PeerId peer, int bucket, Table<PeerId, Boolean> named) {}

    /**
     * How many there were.
     *
     * @param questions that were asked
     * @param named nodes that were named: the number of the last
     * @param finished nodes that were asked all
     * @param reached nodes of these that have answered
     * @param dropped how often a node was not taken, for want of room
     */
    public record Counts(int questions, long named, int finished, int reached, long dropped) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        Counts asked() {
            return new Counts(questions + 1, named, finished, reached, dropped);
        }

        Counts heard() {
            return new Counts(questions, named + 1, finished, reached, dropped);
        }

        Counts finished(boolean isReached) {
            return new Counts(questions, named, finished + 1, reached + (isReached ? 1 : 0), dropped);
        }

        Counts lost() {
            return new Counts(questions, named, finished, reached, dropped + 1);
        }
    }

    static Crawl of(Ticket ticket, Network network, long now, long until) {
        return new Crawl(ticket, network, now, until, false, Table.empty(), Table.empty(), Table.empty(), Counts.NONE);
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public String owner() {
        return ticket.machine();
    }

    /** Whether all that are known were asked all. */
    boolean isComplete() {
        return waiting.isEmpty() && asking.isEmpty();
    }

    Crawl seeded() {
        return new Crawl(ticket, network, startedAt, at, true, nodes, waiting, asking, counts);
    }

    /** With a node that waits to be asked; unless it is known, or there is no room. */
    Crawl hearing(CrawledNode node, int most) {
        PeerId peer = node.contact().peer();
        if (nodes.has(peer)) {
            return this;
        }
        if (nodes.size() >= most) {
            return counted(counts.lost());
        }
        Counts more = counts.heard();
        return new Crawl(
                ticket,
                network,
                startedAt,
                at,
                isSeeded,
                nodes.with(peer, node),
                waiting.with(more.named(), peer),
                asking,
                more);
    }

    /** With the first of those that wait taken from them. */
    Crawl withoutFirst() {
        Map.Entry<Long, PeerId> first = waiting.first().orElseThrow();
        return new Crawl(
                ticket, network, startedAt, at, isSeeded, nodes, waiting.without(first.getKey()), asking, counts);
    }

    /** With a question, whose number is that of the questions. */
    Crawl asking(Asking question) {
        Counts more = counts.asked();
        return new Crawl(
                ticket,
                network,
                startedAt,
                at,
                isSeeded,
                nodes,
                waiting,
                asking.with(more.questions(), question),
                more);
    }

    /** With the end of a question, and what is known of its node now. */
    Crawl ended(int request, CrawledNode node) {
        return new Crawl(
                ticket,
                network,
                startedAt,
                at,
                isSeeded,
                nodes.with(node.contact().peer(), node),
                waiting,
                asking.without(request),
                counts);
    }

    Crawl counted(Counts more) {
        return new Crawl(ticket, network, startedAt, at, isSeeded, nodes, waiting, asking, more);
    }
}
