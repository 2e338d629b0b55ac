package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** To provide optimistically takes less time and fewer questions than the classic way, and others find it as well. */
final class OptimisticProvideTest {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");

    private static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final int NODES = 400;
    private static final int KEYS = 50;
    private static final int COPIES = 20;

    private static final Table<String, String> QUIET = Health.SERVERS
            .with("routing.checkInterval", Long.toString(12 * 60 * MINUTE))
            .with("routing.refreshInterval", Long.toString(12 * 60 * MINUTE));

    /** What it takes to provide a key, on average. */
    private record Cost(double seconds, double questions, double stored, double recall) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "told after %.2f s, %.1f questions, stored by %.2f nodes, %.3f of the nearest have it",
                    seconds,
                    questions,
                    stored,
                    recall);
        }
    }

    private static Bytes content(int number) {
        return Bytes.of(Multihash.sha256(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array())
                .toBytes());
    }

    private static Cost provided(KadCrowd crowd, int provider, int from) {
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        long questions = crowd.questions();
        List<Contact> up = CrowdHealth.up(crowd);
        double near = 0;
        double all = 0;
        for (int i = 0; i < KEYS; i++) {
            Bytes content = content(from + i);
            crowd.say(provider, new OperationAction.Start(new Ticket(Ticket.API, i), new Goal.Provide(content)));
            crowd.runTo(crowd.now() + 20 * KadCrowd.SECOND);
            for (Contact contact : CrowdHealth.nearest(up, Key.ofPreimage(content), COPIES)) {
                near += holds(crowd, contact, content) ? 1 : 0;
            }
            for (Contact contact : up) {
                all += holds(crowd, contact, content) ? 1 : 0;
            }
        }
        assertThat(done).hasSize(KEYS).allMatch(end -> end.result() == OperationOutcome.Result.FINISHED);
        return new Cost(
                done.stream().mapToLong(OperationOutcome.Done::took).average().orElseThrow() / KadCrowd.SECOND,
                (double) (crowd.questions() - questions) / KEYS,
                all / KEYS,
                near / KEYS / COPIES);
    }

    private static boolean holds(KadCrowd crowd, Contact contact, Bytes content) {
        return crowd.records(crowd.number(contact.peer())).providers().keys().has(content);
    }

    @Test
    void itIsFasterAndCheaperAndAsGood() {
        KadCrowd crowd = Health.joined(NODES, 20, 21, QUIET);
        crowd.runTo(crowd.now() + 2 * MINUTE);
        Cost classic = provided(crowd, 9, 0);
        crowd.stop(9);
        crowd.start(9, List.of(), Table.of("dht.optimisticProvide", "true"));
        // Some lookups of its own show it how many nodes there are.
        for (int i = 0; i < 5; i++) {
            crowd.runTo(crowd.now() + MINUTE);
            crowd.say(9, new RoutingAction.Join(new Ticket(Ticket.API, 1_000 + i), Network.WIDE));
        }
        crowd.runTo(crowd.now() + MINUTE);
        FIGURES.info(
                "{} nodes, estimated at {}",
                NODES,
                crowd.routing(9).spaces().at(Network.WIDE).size().estimate().orElseThrow());
        Cost optimistic = provided(crowd, 9, KEYS);
        FIGURES.info("classic: {}", classic);
        FIGURES.info("optimistic: {}", optimistic);
        assertThat(optimistic.seconds()).isLessThan(classic.seconds());
        assertThat(optimistic.questions()).isLessThan(classic.questions());
        assertThat(optimistic.stored()).isGreaterThan(classic.stored() - 0.5);
        assertThat(optimistic.recall()).isGreaterThan(classic.recall() - 0.05);
    }
}
