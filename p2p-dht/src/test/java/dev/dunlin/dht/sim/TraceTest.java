package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.operations.DhtOperations;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.trace.RecordedTrace;
import dev.dunlin.dht.trace.TraceText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How lookups went: as they tell it themselves, and as the steps of a log do. */
final class TraceTest {

    private final KadCrowd crowd = joined();
    private final List<Turn> steps = new ArrayList<>();

    /** A network of nodes that know few others, in which some have just gone. */
    private static KadCrowd joined() {
        Table<String, String> config = Health.SERVERS
                .with("query.requestTimeout", "500000")
                .with("routing.bucketSize", "4")
                .with("dht.replication", "6");
        KadCrowd crowd = Health.joined(160, 20, 3, config);
        crowd.runTo(crowd.now() + 60 * KadCrowd.SECOND);
        IntStream.range(120, 160).forEach(crowd::stop);
        return crowd;
    }

    private DhtOperations.LookupTree lookup(String key) {
        crowd.onStep((node, step) -> {
            if (node == 0) {
                steps.add(step);
            }
        });
        Record answer = new Operator(crowd).order(0, "dht lookup", Map.of("key", key), 200);
        return ((DhtOperations.Lookup) answer).lookups().getFirst();
    }

    @Test
    void everyPartIsTold() {
        Map<String, Long> fates = new TreeMap<>();
        for (int node = 10; node < 30; node++) {
            DhtOperations.LookupTree tree = lookup(crowd.contact(node).peer().toString());
            assertTold(tree);
            tree.parts().forEach(part -> fates.merge(part.fate(), 1L, Long::sum));
        }
        assertThat(fates.keySet()).contains("answered", "failed", "not-asked");
    }

    private static void assertTold(DhtOperations.LookupTree tree) {
        assertThat(tree.network()).isEqualTo("wide");
        Map<String, DhtOperations.PartRow> byPeer = new LinkedHashMap<>();
        tree.parts().forEach(part -> assertThat(byPeer.put(part.peer(), part)).isNull());
        assertThat(count(tree, "answered")).isEqualTo(tree.answers()).isPositive();
        assertThat(count(tree, "failed")).isEqualTo(tree.failures());
        assertThat(tree.asked()).isEqualTo(tree.answers() + tree.failures() + count(tree, "awaited"));
        for (DhtOperations.PartRow part : tree.parts()) {
            assertThat(part.askedMs().isPresent()).isEqualTo(!part.fate().equals("not-asked"));
            assertThat(part.why().isPresent()).isEqualTo(part.fate().equals("failed"));
            if (part.namedBy().isPresent()) {
                // Whoever named it had answered before it was asked.
                DhtOperations.PartRow referrer =
                        Objects.requireNonNull(byPeer.get(part.namedBy().get()));
                assertThat(part.hops()).isEqualTo(referrer.hops() + 1);
                part.askedMs()
                        .ifPresent(asked ->
                                assertThat(referrer.endedMs().orElseThrow()).isLessThanOrEqualTo(asked));
            } else {
                assertThat(part.hops()).isEqualTo(1);
            }
        }
        long drawn =
                tree.tree().stream().filter(line -> line.contains("asked at")).count();
        assertThat(drawn).isEqualTo(tree.asked());
    }

    private static long count(DhtOperations.LookupTree tree, String fate) {
        return tree.parts().stream().filter(part -> part.fate().equals(fate)).count();
    }

    /** From what a node did, the same trace is made as the lookup has kept. */
    @Test
    void theStepsOfALogTellTheSame() {
        PeerId self = crowd.contact(0).peer();
        lookup(crowd.contact(33).peer().toString());
        QueryOutcome.Done done = traced();
        LookupTrace recorded = RecordedTrace.of(number(), self, steps).orElseThrow();
        assertThat(recorded.parts()).isEqualTo(done.parts());
        assertThat(recorded.end()).contains(done.end());
        assertThat(recorded.took()).isEqualTo(done.took());
        LookupTrace kept = LookupTrace.of(recorded.protocol(), recorded.key(), done);
        assertThat(TraceText.tree(recorded, PeerId::toString)).isEqualTo(TraceText.tree(kept, PeerId::toString));
    }

    /** Of a lookup that goes on, what has happened so far is told; of one that is not there, nothing. */
    @Test
    void theFirstStepsTellOfTheFirst() {
        PeerId self = crowd.contact(0).peer();
        lookup(crowd.contact(34).peer().toString());
        long number = number();
        int first = IntStream.range(0, steps.size())
                .filter(i ->
                        RecordedTrace.of(number, self, steps.subList(0, i + 1)).isPresent())
                .findFirst()
                .orElseThrow();
        LookupTrace begun =
                RecordedTrace.of(number, self, steps.subList(0, first + 1)).orElseThrow();
        assertThat(begun.end()).isEmpty();
        assertThat(begun.count(Part.Fate.Awaited.class)).isEqualTo(3);
        assertThat(begun.asked()).isEqualTo(3);
        assertThat(RecordedTrace.of(number, self, steps.subList(first + 1, steps.size())))
                .isEmpty();
        assertThat(RecordedTrace.of(99_999, self, steps)).isEmpty();
    }

    private QueryOutcome.Done traced() {
        for (Turn step : steps) {
            for (int i = 0; i < step.size(); i++) {
                if (step.entry(i) instanceof QueryOutcome.Done done
                        && !done.parts().isEmpty()) {
                    return done;
                }
            }
        }
        throw new AssertionError("no lookup was traced");
    }

    /** The number of the lookup that was begun as a traced one: that of the questions it has led to. */
    private long number() {
        for (Turn step : steps) {
            for (int i = 0; i < step.size(); i++) {
                OptionalLong query = RecordedTrace.queryOf(step.entry(i));
                if (query.isPresent()
                        && step.cause(i).input() == step.number()
                        && step.entry(step.cause(i).index()) instanceof QueryAction.Start start
                        && start.isTraced()) {
                    return query.getAsLong();
                }
            }
        }
        throw new AssertionError("no lookup was begun");
    }
}
