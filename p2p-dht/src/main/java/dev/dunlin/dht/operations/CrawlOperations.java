package dev.dunlin.dht.operations;

import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.crawl.Crawl;
import dev.dunlin.dht.crawl.CrawlAction;
import dev.dunlin.dht.crawl.CrawlOutcome;
import dev.dunlin.dht.crawl.CrawlState;
import dev.dunlin.dht.crawl.CrawledNode;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.trace.TraceText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Crawls, to those who operate a node. */
public final class CrawlOperations {

    /** How long the end of a crawl is awaited, milliseconds: longer than one takes by the standard settings. */
    private static final long PATIENCE = 3_700_000;

    private static final long SECONDS = 10_000;

    private static final int BAR = 30;

    private CrawlOperations() {}

    /** What a crawl knows of a node. */
    public record CrawledRow(
            @Means("its id") String peer,
            @Means("whether it has answered") boolean reached,

            @Means("why it has not answered, or not all; left out if it has")
            Optional<String> why,

            @Means("how many others it has named, each counted once")
            int entries,

            @Means("where it was asked") List<String> addresses) {}

    /** Who is in a network. */
    public record CrawlResult(
            @Means("wide or local") String network,

            @Means("whether all that were named were asked; otherwise the crawl ran out of time, or was stopped")
            boolean complete,

            @Means("how many nodes have answered") int reached,
            @Means("how many have not") int unreached,

            @Means("how many others were named and not asked")
            int unasked,

            @Means("how often a node was named and not taken, for want of room")
            long dropped,

            @Means("how many questions were asked") int questions,
            @Means("how long it took, milliseconds") double tookMs,

            @Means("the nodes that were asked, each once, in the order of their ids")
            List<CrawledRow> nodes) {}

    /** A crawl that goes on. */
    public record CrawlRow(
            @Means("its number, as in the log") long crawl,
            @Means("by what it is stopped") String ticket,
            @Means("wide or local") String network,
            @Means("since when") String since,
            @Means("how many nodes are known so far") int known,
            @Means("how many of them were asked all") int finished,
            @Means("how many of these have answered") int reached,
            @Means("how many are being asked") int asking) {

        /** How far it is, as a bar: of the nodes that are known so far, which may become more. */
        String bar() {
            int filled = known == 0 ? 0 : (int) ((long) BAR * finished / known);
            return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
        }
    }

    /** Crawls that go on. */
    public record CrawlList(
            @Means("the crawls, the oldest first") List<CrawlRow> crawls) {}

    /** That a crawl is stopped. */
    public record Stopped(@Means("what is the case now") String state) {}

    /** All. */
    public static final Operations<Object, CrawlState> ALL = Operations.<Object, CrawlState>none()
            .with(
                    new Order<>(
                            "dht crawl",
                            "/dht/crawl",
                            List.of(Parameter.optional(
                                    "network",
                                    new Kind.OneOf(Arrays.stream(Network.values())
                                            .map(Network::word)
                                            .toList()),
                                    Network.WIDE.word(),
                                    "which network")),
                            "Asks all nodes of a network for whom they know, and tells who is there. In a large network this"
                                    + " takes minutes: see dht crawls for how far it is.",
                            CrawlResult.class,
                            (given, ticket) -> new CrawlAction.Start(ticket, network(given.text("network"))),
                            (outcome, given, after) -> result(outcome),
                            CrawlOperations::text,
                            PATIENCE),
                    new Query<>(
                            "dht crawls",
                            "/dht/crawls",
                            List.of(),
                            "Lists the crawls that go on, and how far they are.",
                            CrawlList.class,
                            (at, given) -> crawls(at),
                            CrawlOperations::text),
                    new Order<>(
                            "dht stop-crawl",
                            "/dht/stop-crawl",
                            List.of(Parameter.required(
                                    "ticket",
                                    new Kind.Formed("a ticket such as api#7", CrawlOperations::ticket),
                                    "that of the crawl, as dht crawls lists it")),
                            "Stops a crawl: whoever waits for it is told what it has found so far.",
                            Stopped.class,
                            (given, ticket) -> new CrawlAction.Stop(Ticket.parse(given.text("ticket"))),
                            (outcome, given, after) -> new Stopped("the crawl is stopped"),
                            stopped -> List.of(stopped.state()),
                            SECONDS))
            .with(
                    summed(
                            "known_nodes",
                            "nodes that crawls under way know of",
                            crawl -> crawl.nodes().size()),
                    summed(
                            "finished_nodes",
                            "nodes that crawls under way have asked all",
                            crawl -> crawl.counts().finished()),
                    summed(
                            "asking_nodes",
                            "nodes that crawls under way are asking",
                            crawl -> crawl.asking().size()),
                    Metric.gauge(
                            "running",
                            "crawls that go on",
                            at -> at.own().running().size()));

    private static Metric<Object, CrawlState> summed(String name, String meaning, ToDoubleFunction<Crawl> read) {
        return Metric.gauge(name, meaning, at -> {
            double sum = 0;
            for (Crawl crawl : at.own().running().values()) {
                sum += read.applyAsDouble(crawl);
            }
            return sum;
        });
    }

    private static Network network(String word) {
        return Network.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static String ticket(String written) throws BadValueException {
        try {
            return Ticket.parse(written).toString();
        } catch (IllegalArgumentException noTicket) {
            throw new BadValueException("is no ticket: write it as dht crawls lists it, such as api#7");
        }
    }

    private static CrawlResult result(Optional<Action.Ticketed> outcome) {
        if (outcome.isEmpty() || !(outcome.get() instanceof CrawlOutcome.Done done)) {
            throw new IllegalStateException("no end of a crawl: " + outcome);
        }
        if (done.completion() == CrawlOutcome.Completion.NOBODY) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.FAILED,
                    "nobody in the network " + done.network().word()
                            + " is known, so nobody can be asked: see 'dht table',"
                            + " and give the node others to ask with routing.bootstrap");
        }
        int reached = (int) done.nodes().stream().filter(CrawledNode::isReached).count();
        return new CrawlResult(
                done.network().word(),
                done.completion() == CrawlOutcome.Completion.COMPLETE,
                reached,
                done.nodes().size() - reached,
                done.unasked(),
                done.dropped(),
                done.questions(),
                done.took() / 1000.0,
                done.nodes().stream().map(CrawlOperations::row).toList());
    }

    private static CrawledRow row(CrawledNode node) {
        return new CrawledRow(
                node.contact().peer().toString(),
                node.isReached(),
                node.failure().map(TraceText::words),
                node.entries(),
                node.contact().addresses().stream().map(Multiaddr::toString).toList());
    }

    private static List<String> text(CrawlResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s answered and %s not, in %.1f s with %s",
                Counts.of(result.reached(), "node has", "nodes have"),
                Counts.of(result.unreached(), "has", "have"),
                result.tookMs() / 1000,
                Counts.of(result.questions(), "question")));
        Map<String, Integer> failures = new TreeMap<>();
        for (CrawledRow row : result.nodes()) {
            if (!row.reached()) {
                failures.merge(row.why().orElse(""), 1, Integer::sum);
            }
        }
        failures.forEach((why, count) -> lines.add("  " + count + ": " + why));
        if (!result.complete()) {
            lines.add("it was over before " + Counts.of(result.unasked(), "other was", "others were") + " asked");
        }
        if (result.dropped() > 0) {
            lines.add("there was no room for all that were named: give it more with crawl.maxNodes");
        }
        lines.add("--json tells of each who it is, where, and how many it has named");
        return lines;
    }

    private static CrawlList crawls(At<Object, CrawlState> at) {
        List<CrawlRow> rows = new ArrayList<>();
        at.own()
                .running()
                .each((number, crawl) -> rows.add(new CrawlRow(
                        number,
                        crawl.ticket().toString(),
                        crawl.network().word(),
                        at.instant(crawl.startedAt()),
                        crawl.nodes().size(),
                        crawl.counts().finished(),
                        crawl.counts().reached(),
                        crawl.asking().size())));
        return new CrawlList(rows);
    }

    private static List<String> text(CrawlList list) {
        Grid grid = Grid.of("no crawl goes on", "TICKET", "NETWORK", "PROGRESS", "ASKED", "KNOWN", "REACHED", "SINCE");
        list.crawls()
                .forEach(row -> grid.row(
                        row.ticket(),
                        row.network(),
                        row.bar(),
                        Integer.toString(row.finished()),
                        Integer.toString(row.known()),
                        Integer.toString(row.reached()),
                        row.since()));
        return grid.lines();
    }
}
