package dev.dunlin.dht.sim;

import static dev.dunlin.dht.sim.Health.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.operate.Health.Status;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operations.DhtOperations;
import dev.dunlin.dht.operations.PublishOperations;
import dev.dunlin.dht.operations.QueryOperations;
import dev.dunlin.dht.operations.RecordsOperations;
import dev.dunlin.dht.operations.RoutingOperations;
import dev.dunlin.dht.table.Contact;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators ask and order, of nodes that have joined a network. */
final class OperationsTest {

    private static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final int SECONDS = 200;

    private final KadCrowd crowd = joined(30, 1, SERVERS);
    private final Operator operator = new Operator(crowd);

    private static KadCrowd joined(int nodes, long seed, Table<String, String> config) {
        KadCrowd crowd = dev.dunlin.dht.sim.Health.joined(nodes, 10, seed, config);
        crowd.runTo(crowd.now() + MINUTE);
        return crowd;
    }

    private String peer(int node) {
        return crowd.contact(node).peer().toString();
    }

    @BeforeEach
    void allAreKnown() {
        assertThat(operator.health(0, "routing/table").status()).isEqualTo(Status.OK);
    }

    @Test
    void aPeerIsFound() {
        Record answer = operator.order(0, "dht find-peer", Map.of("peer", peer(7)), SECONDS);
        assertThat(answer).isInstanceOfSatisfying(DhtOperations.FoundPeer.class, found -> {
            assertThat(found.peer()).isEqualTo(peer(7));
            assertThat(found.sure()).isTrue();
            assertThat(found.addresses())
                    .containsExactly(crowd.contact(7).addresses().getFirst().toString());
            assertThat(found.tookMs()).isPositive();
        });
        assertThat(operator.text("dht find-peer", answer).getFirst()).isEqualTo(peer(7) + " has answered");
    }

    @Test
    void aPeerThatIsNowhereIsNotFound() {
        String absent = peer(crowd.add());
        assertThatThrownBy(() -> operator.order(0, "dht find-peer", Map.of("peer", absent), SECONDS))
                .isInstanceOfSatisfying(
                        NoAnswerException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(NoAnswerException.Kind.NOT_FOUND))
                .hasMessageContaining("the peer " + absent + " was not found");
    }

    @Test
    void whoKnowsNobodyIsToldWhatToDo() {
        int alone = crowd.add();
        int down = crowd.add();
        crowd.start(alone, List.of(down));
        assertThat(operator.health(alone, "routing/table")).satisfies(health -> {
            assertThat(health.status()).isEqualTo(Status.WARN);
            assertThat(health.advice()).contains("routing.bootstrap");
        });
        int modest = crowd.add();
        crowd.start(modest, List.of());
        assertThat(operator.health(modest, "routing/table").status())
                .as("who is to join nothing is well")
                .isEqualTo(Status.OK);
        assertThatThrownBy(() -> operator.order(alone, "dht closest", Map.of("key", peer(3)), SECONDS))
                .isInstanceOfSatisfying(
                        NoAnswerException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(NoAnswerException.Kind.FAILED))
                .hasMessageContaining("routing.bootstrap");
    }

    @Test
    void aNodeThatTakesNoPartIsWell() {
        int off = crowd.add();
        crowd.start(off, List.of(1), Table.of("routing.mode", "off"));
        assertThat(operator.health(off, "routing/table").status()).isEqualTo(Status.OK);
        assertThat(operator.text("dht table", operator.ask(off, "dht table", Map.of())))
                .contains("this node is part of no network");
    }

    @Test
    void theNearestNodesAreFound() {
        Record answer = operator.order(2, "dht closest", Map.of("key", peer(9)), SECONDS);
        assertThat(answer).isInstanceOfSatisfying(DhtOperations.ClosestNodes.class, found -> {
            assertThat(found.nodes()).hasSize(20);
            assertThat(found.nodes().getFirst().peer()).isEqualTo(peer(9));
            assertThat(found.nodes().getFirst().sharedBits()).isEqualTo(256);
            assertThat(found.complete()).isTrue();
        });
        assertThat(operator.text("dht closest", answer)).hasSize(22);
        assertThat(operator.text("dht closest", answer).getLast())
                .matches("\\d+ nodes were asked, \\d+ answered \\(lookup \\d+\\)");
    }

    @Test
    void aValueIsStoredAndFound() {
        Map<String, String> put = Map.of("key", "/test/a", "value", "hallo, world");
        assertThat(operator.order(1, "dht put", put, SECONDS))
                .isInstanceOfSatisfying(
                        DhtOperations.Stored.class,
                        stored -> assertThat(stored.stored()).isEqualTo(20));
        Record answer = operator.order(20, "dht get", Map.of("key", "/test/a"), SECONDS);
        assertThat(answer).isInstanceOfSatisfying(DhtOperations.FoundValue.class, found -> {
            assertThat(found.text()).contains("hallo, world");
            assertThat(found.value()).isEqualTo("aGFsbG8sIHdvcmxk");
            assertThat(found.answers()).isPositive();
        });
        assertThat(operator.text("dht get", answer).getFirst()).isEqualTo("hallo, world");
    }

    @Test
    void aValueIsKeptStored() {
        operator.order(1, "dht keep-value", Map.of("key", "/test/again", "value", "hallo"), SECONDS);
        assertThat(operator.ask(1, "dht published", Map.of()))
                .isInstanceOfSatisfying(
                        PublishOperations.Published.class,
                        published -> assertThat(published.values()).isEqualTo(1));
        Record listed = operator.ask(1, "dht published", Map.of());
        assertThat(operator.text("dht published", listed)).anyMatch(line -> line.startsWith("/test/again "));
        assertThat(operator.text("dht published", operator.ask(1, "dht published", Map.of("most", "0"))))
                .endsWith("1 more is not listed: --most lists up to 1000");
        Record answer = operator.order(20, "dht get", Map.of("key", "/test/again"), SECONDS);
        assertThat(operator.text("dht get", answer).getFirst()).isEqualTo("hallo");
        operator.order(1, "dht forget-value", Map.of("key", "/test/again"), SECONDS);
        assertThatThrownBy(() -> operator.order(1, "dht forget-value", Map.of("key", "/test/again"), SECONDS))
                .hasMessageContaining("value-is-kept");
        assertThatThrownBy(
                        () -> operator.order(1, "dht keep-value", Map.of("key", "/nowhere/x", "value", "v"), SECONDS))
                .hasMessageContaining("value is not valid under /nowhere/x");
    }

    @Test
    void contentIsKeptProvidedAndForgotten() {
        String content = Multihash.sha256(new byte[] {7}).toString();
        Map<String, String> given = Map.of("content", content);
        operator.order(1, "dht keep", given, SECONDS);
        assertThat(operator.text("dht published", operator.ask(1, "dht published", Map.of())))
                .anyMatch(line -> line.startsWith(content + " "));
        operator.order(1, "dht forget", given, SECONDS);
        assertThatThrownBy(() -> operator.order(1, "dht forget", given, SECONDS))
                .hasMessageContaining(content + " is not kept provided");
    }

    /** A value that nobody here can judge would never be found. */
    @Test
    void valuesOfUnknownNamespacesAreNotLookedFor() {
        assertThatThrownBy(() -> operator.order(1, "dht get", Map.of("key", "/nowhere/x"), SECONDS))
                .hasMessageContaining("/nowhere/x cannot be looked for: a key begins with one of the namespaces");
    }

    @Test
    void aValueIsStoredWithThoseThatAreGiven() {
        Contact chosen = crowd.contact(17);
        String at = chosen.addresses().getFirst().withPeer(chosen.peer()).toString();
        Map<String, String> put = Map.of("key", "/test/at", "value", "hallo", "at", at);
        assertThat(operator.order(1, "dht put", put, SECONDS))
                .isInstanceOfSatisfying(
                        DhtOperations.Stored.class,
                        stored -> assertThat(stored.stored()).isOne());
        assertThat(crowd.records(17).values().held().size()).isOne();
        assertThat(crowd.records(1).values().held().isEmpty()).isTrue();
        String nobody = chosen.addresses().getFirst().toString();
        assertThatThrownBy(() -> operator.order(
                        1, "dht put", Map.of("key", "/test/at", "value", "hallo", "at", nobody), SECONDS))
                .hasMessageContaining(nobody + " does not say which node is there");
    }

    @Test
    void valuesAreGivenAsTextHexOrBase64() {
        for (Map<String, String> same : List.of(
                Map.of("key", "/test/b", "value", "68616c6c6f", "as", "hex"),
                Map.of("key", "hex:2f746573742f62", "value", "aGFsbG8=", "as", "base64"))) {
            operator.order(1, "dht put", same, SECONDS);
            assertThat(operator.order(4, "dht get", Map.of("key", "/test/b", "quorum", "1"), SECONDS))
                    .isInstanceOfSatisfying(
                            DhtOperations.FoundValue.class,
                            found -> assertThat(found.text()).contains("hallo"));
        }
        assertThatThrownBy(() ->
                        operator.order(1, "dht put", Map.of("key", "/test/b", "value", "xyz", "as", "hex"), SECONDS))
                .hasMessageContaining("hexadecimal");
        assertThatThrownBy(() ->
                        operator.order(1, "dht put", Map.of("key", "/test/b", "value", "?", "as", "base64"), SECONDS))
                .hasMessageContaining("base64");
    }

    @Test
    void whatIsNotValidIsRefusedBeforeItIsSent() {
        long questions = crowd.questions();
        assertThatThrownBy(
                        () -> operator.order(1, "dht put", Map.of("key", "/pk/" + peer(1), "value", "no key"), SECONDS))
                .isInstanceOfSatisfying(
                        NoAnswerException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(NoAnswerException.Kind.BAD_REQUEST))
                .hasMessageContaining("not valid under /pk/" + peer(1));
        assertThatThrownBy(() -> operator.order(1, "dht get", Map.of("key", "nothing"), SECONDS))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("does not begin with a namespace");
        assertThat(crowd.questions()).isEqualTo(questions);
    }

    @Test
    void aValueThatNobodyHasIsNotFound() {
        assertThatThrownBy(() -> operator.order(1, "dht get", Map.of("key", "/test/none"), SECONDS))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("a value of /test/none was not found");
    }

    @Test
    void whatNobodyStoresIsToldSo() {
        // The value is valid for who sends it, and none of those that get it have the room.
        KadCrowd full = joined(5, 2, SERVERS.with("records.maxValueSize", "1"));
        assertThatThrownBy(() -> new Operator(full)
                        .order(0, "dht put", Map.of("key", "/test/long", "value", "much too long"), SECONDS))
                .isInstanceOfSatisfying(
                        NoAnswerException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(NoAnswerException.Kind.FAILED))
                .hasMessageContaining("none of the 4 nodes");
    }

    @Test
    void contentIsProvidedAndItsProvidersFound() {
        Multihash hash = Multihash.sha256(new byte[] {1, 2, 3});
        String cid = Cid.v1(Multicodec.RAW, hash).toString();
        assertThat(operator.order(3, "dht provide", Map.of("content", cid), SECONDS))
                .isInstanceOfSatisfying(
                        DhtOperations.Stored.class,
                        stored -> assertThat(stored.stored()).isEqualTo(20));
        Record answer = operator.order(5, "dht find-providers", Map.of("content", hash.toString()), SECONDS);
        assertThat(answer).isInstanceOfSatisfying(DhtOperations.ProviderList.class, found -> {
            assertThat(found.providers()).containsExactly(peer(3));
            assertThat(found.content()).isEqualTo(hash.toString());
        });
        assertThat(operator.text("dht find-providers", answer))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(peer(3)),
                        line -> assertThat(line)
                                .matches("1 provider; \\d+ nodes were asked, \\d+ answered \\(lookup \\d+\\)"));
        String other = Multihash.sha256(new byte[] {9}).toString();
        assertThatThrownBy(() -> operator.order(5, "dht find-providers", Map.of("content", other), SECONDS))
                .hasMessageContaining("a provider of " + other + " was not found");
    }

    @Test
    void theTableIsShown() {
        Record answer = operator.ask(0, "dht table", Map.of());
        assertThat(answer).isInstanceOfSatisfying(RoutingOperations.TableAnswer.class, table -> {
            assertThat(table.mode()).isEqualTo("server");
            RoutingOperations.NetworkTable wide = table.networks().getFirst();
            assertThat(wide.network()).isEqualTo("wide");
            assertThat(wide.served()).isTrue();
            assertThat(wide.nodes())
                    .isEqualTo(wide.buckets().stream()
                            .mapToInt(RoutingOperations.BucketRow::nodes)
                            .sum())
                    .isGreaterThan(20);
        });
        assertThat(operator.text("dht table", answer)).anyMatch(line -> line.matches(" {4}0 \\|#+\\.*\\| \\d+"));
    }

    @Test
    void theContactsAreListed() {
        Record answer = operator.ask(0, "dht contacts", Map.of("limit", "3"));
        assertThat(answer).isInstanceOfSatisfying(RoutingOperations.ContactList.class, list -> {
            assertThat(list.contacts()).hasSize(3).allMatch(row -> row.network().equals("wide"));
            assertThat(list.total()).isGreaterThan(20);
        });
        assertThat(operator.text("dht contacts", answer).getLast()).matches("and \\d+ more: give a higher limit");
        assertThat(operator.ask(0, "dht contacts", Map.of("network", "local")))
                .isEqualTo(new RoutingOperations.ContactList(List.of(), 0));
    }

    @Test
    void whatIsKeptIsTold() {
        operator.order(1, "dht put", Map.of("key", "/test/kept", "value", "v"), SECONDS);
        int holder = 0;
        while (holder == 1 || crowd.records(holder).values().held().isEmpty()) {
            holder++;
        }
        Record answer = operator.ask(holder, "dht records", Map.of());
        assertThat(answer).isInstanceOfSatisfying(RecordsOperations.Kept.class, kept -> {
            assertThat(kept.kinds().getFirst().kept()).isEqualTo(1);
            assertThat(kept.kinds().getFirst().peers()).isEqualTo(1);
            assertThat(kept.valueBytes()).isEqualTo("/test/kept".length() + 1);
            assertThat(kept.kinds().getLast().kept()).isZero();
        });
        assertThat(operator.text("dht records", answer)).hasSize(4);
    }

    @Test
    void whatGoesOnIsListed() {
        crowd.say(
                0,
                new OperationAction.Start(
                        new Ticket(Ticket.API, 5),
                        new Goal.FindPeer(crowd.contact(crowd.add()).peer())));
        Record running = operator.ask(0, "dht running", Map.of());
        assertThat(running)
                .isInstanceOfSatisfying(
                        DhtOperations.RunningList.class,
                        list -> assertThat(list.operations()).singleElement().satisfies(row -> {
                            assertThat(row.goal()).isEqualTo("find-peer " + peer(30));
                            assertThat(row.asker()).isEqualTo("api");
                            assertThat(row.phase()).isEqualTo("searching");
                        }));
        assertThat(operator.text("dht running", running)).hasSize(2);
        Record queries = operator.ask(0, "dht queries", Map.of());
        assertThat(queries)
                .isInstanceOfSatisfying(
                        QueryOperations.QueryList.class,
                        list -> assertThat(list.queries()).anySatisfy(row -> {
                            assertThat(row.owner()).isEqualTo("dht");
                            assertThat(row.key()).isEqualTo(peer(30));
                            assertThat(row.waiting()).isPositive();
                        }));
        assertThat(operator.text("dht queries", queries)).hasSizeGreaterThan(1);
    }
}
