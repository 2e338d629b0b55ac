package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.crawl.CrawlAction;
import dev.dunlin.dht.crawl.CrawlOutcome;
import dev.dunlin.dht.crawl.CrawlState;
import dev.dunlin.dht.crawl.CrawledNode;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operations.CrawlOperations;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.routing.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Crawls of networks of nodes with the machines of production. */
final class CrawlTest {

    private static final int NODES = 150;
    private static final Ticket TICKET = new Ticket(Ticket.API, 7);

    private final List<CrawlOutcome> told = new ArrayList<>();

    private KadCrowd crowd(String... more) {
        Table<String, String> config = Health.SERVERS.with("crawl.requestTimeout", "2000000");
        for (int i = 0; i < more.length; i += 2) {
            config = config.with(more[i], more[i + 1]);
        }
        KadCrowd crowd = new KadCrowd(
                KadCrowd.Options.of(5, config).judgedBy(AnyValue.VALIDATORS).with(List.of(Operated.CRAWL)));
        for (int i = 0; i < NODES; i++) {
            int node = crowd.add();
            crowd.at(i * KadCrowd.SECOND / 20, () -> crowd.start(node, node == 0 ? List.of() : List.of(node / 2)));
        }
        crowd.runTo(NODES * KadCrowd.SECOND / 20 + 60 * KadCrowd.SECOND);
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof CrawlOutcome one) {
                told.add(one);
            }
        });
        return crowd;
    }

    private CrawlOutcome.Done crawled(KadCrowd crowd) {
        crowd.say(0, new CrawlAction.Start(TICKET, Network.WIDE));
        crowd.runTo(crowd.now() + 600 * KadCrowd.SECOND);
        assertThat(told.stream().filter(CrawlOutcome.Done.class::isInstance)).hasSize(1);
        return (CrawlOutcome.Done) told.getLast();
    }

    private static Set<Integer> numbers(KadCrowd crowd, List<CrawledNode> nodes) {
        Set<Integer> numbers = new TreeSet<>();
        nodes.forEach(node -> assertThat(numbers.add(crowd.number(node.contact().peer())))
                .as("%s is told of once", node)
                .isTrue());
        return numbers;
    }

    /** All that are up are found, and told of once; those that are down are found out. */
    @Test
    void allAreFoundOnce() {
        KadCrowd crowd = crowd();
        IntStream.range(120, NODES).forEach(crowd::stop);
        CrawlOutcome.Done done = crawled(crowd);
        assertThat(done.completion()).isEqualTo(CrawlOutcome.Completion.COMPLETE);
        assertThat(done.dropped()).isZero();
        assertThat(done.unasked()).isZero();
        Set<Integer> reached = numbers(
                crowd, done.nodes().stream().filter(CrawledNode::isReached).toList());
        assertThat(reached)
                .isEqualTo(new TreeSet<>(IntStream.range(1, 120).boxed().toList()));
        assertThat(numbers(crowd, done.nodes())).allMatch(node -> node >= 1);
        assertThat(done.nodes())
                .allSatisfy(node -> assertThat(node.failure().isPresent()).isEqualTo(!node.isReached()));
        assertThat(done.nodes().stream().filter(CrawledNode::isReached))
                .allSatisfy(node -> assertThat(node.entries()).isGreaterThan(20));
    }

    /** Whom a node names is nearly all that stands in its table. */
    @Test
    void theEntriesAreThoseOfTheTables() {
        KadCrowd crowd = crowd();
        CrawlOutcome.Done done = crawled(crowd);
        for (CrawledNode node : done.nodes()) {
            int table = crowd.routing(crowd.number(node.contact().peer()))
                    .spaces()
                    .at(Network.WIDE)
                    .table()
                    .size();
            assertThat(node.entries()).isBetween((int) (0.8 * table), table + 5);
        }
    }

    /** No more are asked at the same time than may be, and how far it is, is told of each node. */
    @Test
    void theWidthIsKept() {
        KadCrowd crowd = crowd("crawl.width", "3");
        crowd.onStep((node, step) -> {
            if (node == 0) {
                crawl(crowd)
                        .running()
                        .values()
                        .forEach(crawl -> assertThat(crawl.asking().size()).isBetween(1, 3));
            }
        });
        CrawlOutcome.Done done = crawled(crowd);
        assertThat(done.nodes()).hasSize(NODES - 1);
        assertThat(told).hasSize(NODES);
        assertThat(told.get(NODES - 2)).isEqualTo(new CrawlOutcome.Progressed(TICKET, NODES - 1, NODES - 1, NODES - 1));
    }

    private static CrawlState crawl(KadCrowd crowd) {
        return (CrawlState) Objects.requireNonNull(
                crowd.store(0).statesOf(crowd.store(0).state()).get("crawl"));
    }

    /** More nodes than may be are not taken, and that is told. */
    @Test
    void theNodesAreBounded() {
        CrawlOutcome.Done done = crawled(crowd("crawl.maxNodes", "50"));
        assertThat(done.nodes()).hasSize(50);
        assertThat(done.dropped()).isPositive();
        assertThat(done.completion()).isEqualTo(CrawlOutcome.Completion.COMPLETE);
    }

    /** To each node there are so many questions at most. */
    @Test
    void theQuestionsAreBounded() {
        CrawlOutcome.Done done = crawled(crowd("crawl.maxQuestions", "1"));
        assertThat(done.questions()).isEqualTo(done.nodes().size()).isGreaterThan(NODES / 2);
        assertThat(done.nodes()).allMatch(node -> node.answers() == 1);
    }

    /** Whoever stops a crawl is told what was found, as is one whose time is over. */
    @Test
    void whatWasFoundIsToldAtAnyEnd() {
        KadCrowd crowd = crowd("crawl.width", "2");
        crowd.say(0, new CrawlAction.Start(TICKET, Network.WIDE));
        crowd.runTo(crowd.now() + KadCrowd.SECOND);
        crowd.say(0, new CrawlAction.Stop(TICKET));
        assertThat(told.getLast()).isInstanceOfSatisfying(CrawlOutcome.Done.class, done -> {
            assertThat(done.completion()).isEqualTo(CrawlOutcome.Completion.STOPPED);
            assertThat(done.nodes()).isNotEmpty();
            assertThat(done.unasked()).isPositive();
        });
        told.clear();
        assertThat(crawled(crowd("crawl.width", "2", "crawl.timeout", "1000000"))
                        .completion())
                .isEqualTo(CrawlOutcome.Completion.TIMED_OUT);
    }

    @Test
    void operatorsSeeHowFarItIs() {
        KadCrowd crowd = crowd();
        Operator operator = new Operator(crowd);
        crowd.say(0, new CrawlAction.Start(TICKET, Network.WIDE));
        crowd.runTo(crowd.now() + KadCrowd.SECOND / 2);
        Record crawls = operator.ask(0, "dht crawls", Map.of());
        assertThat(crawls)
                .isInstanceOfSatisfying(
                        CrawlOperations.CrawlList.class,
                        list -> assertThat(list.crawls()).singleElement().satisfies(row -> {
                            assertThat(row.ticket()).isEqualTo("api#7");
                            assertThat(row.known()).isGreaterThan(row.finished());
                            assertThat(row.asking()).isPositive();
                        }));
        assertThat(operator.text("dht crawls", crawls).getLast()).contains("[").contains("api#7");
        assertThat(operator.metric(0, "crawl_running")).isEqualTo(Map.of("", 1.0));
        assertThat(operator.metric(0, "crawl_known_nodes").values())
                .singleElement()
                .satisfies(known -> assertThat(known.intValue()).isPositive());
        crowd.say(0, new CrawlAction.Stop(TICKET));
        assertThat(operator.metric(0, "crawl_running")).isEqualTo(Map.of("", 0.0));
        assertThat(operator.text("dht crawls", operator.ask(0, "dht crawls", Map.of())))
                .containsExactly("no crawl goes on");
    }

    @Test
    void operatorsGetTheResult() {
        KadCrowd crowd = crowd();
        crowd.stop(NODES - 1);
        Operator operator = new Operator(crowd);
        Record answer = operator.order(0, "dht crawl", Map.of(), 600);
        assertThat(answer).isInstanceOfSatisfying(CrawlOperations.CrawlResult.class, result -> {
            assertThat(result.complete()).isTrue();
            assertThat(result.network()).isEqualTo("wide");
            assertThat(result.reached()).isEqualTo(NODES - 2);
            assertThat(result.unreached()).isEqualTo(1);
            assertThat(result.nodes().stream().filter(row -> !row.reached()))
                    .singleElement()
                    .satisfies(row -> assertThat(row.why()).contains("no answer came in time"));
        });
        assertThat(operator.text("dht crawl", answer))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith((NODES - 2) + " nodes have answered and 1 has not"),
                        line -> assertThat(line).isEqualTo("  1: no answer came in time"),
                        line -> assertThat(line).startsWith("--json tells of each"));
        assertThatThrownBy(() -> operator.order(0, "dht crawl", Map.of("network", "local"), 10))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("nobody in the network local is known");
    }
}
