package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a node keeps published is found by others, for days and over restarts. */
final class PublishCrowdTest {

    private static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final int NODES = 60;
    private static final int KEYS = 200;
    private static final int PUBLISHER = 7;
    private static final ValueRecord VALUE = ValueRecord.of(AnyValue.key("kept"), Bytes.of((byte) 1));

    /** Checks of neighbours are rare here: days pass quickly then. */
    private static final Table<String, String> QUIET = Health.SERVERS
            .with("routing.checkInterval", Long.toString(12 * HOUR))
            .with("routing.refreshInterval", Long.toString(12 * HOUR));

    private static Bytes content(int number) {
        return Bytes.of(Multihash.sha256(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array())
                .toBytes());
    }

    private static List<Bytes> contents() {
        return IntStream.range(0, KEYS).mapToObj(PublishCrowdTest::content).toList();
    }

    private static KadCrowd published() {
        KadCrowd crowd = Health.joined(NODES, 10, 11, QUIET);
        crowd.runTo(crowd.now() + MINUTE);
        crowd.say(PUBLISHER, new PublishAction.Keep(new Ticket(Ticket.API, 1), contents()));
        crowd.say(PUBLISHER, new PublishAction.KeepValue(new Ticket(Ticket.API, 2), VALUE));
        crowd.runTo(crowd.now() + 10 * MINUTE);
        return crowd;
    }

    private static int holders(KadCrowd crowd, Bytes content) {
        int holders = 0;
        for (Contact near : CrowdHealth.nearest(CrowdHealth.up(crowd), Key.ofPreimage(content), 20)) {
            holders +=
                    crowd.records(crowd.number(near.peer())).providers().keys().has(content) ? 1 : 0;
        }
        return holders;
    }

    private static int found(KadCrowd crowd, int asker) {
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        for (int i = 0; i < KEYS; i += 10) {
            crowd.say(
                    asker,
                    new OperationAction.Start(new Ticket(Ticket.API, 100 + i), new Goal.FindProviders(content(i), 1)));
        }
        crowd.say(asker, new OperationAction.Start(new Ticket(Ticket.API, 99), new Goal.GetValue(VALUE.key(), 0)));
        crowd.runTo(crowd.now() + 2 * MINUTE);
        assertThat(done).hasSize(KEYS / 10 + 1);
        return (int) done.stream()
                .filter(end -> end.found()
                                .equals(new Goal.Found.Providers(
                                        List.of(crowd.contact(PUBLISHER).peer())))
                        || end.found() instanceof Goal.Found.Value)
                .count();
    }

    @Test
    void whatIsKeptIsFoundForDays() {
        KadCrowd crowd = published();
        for (Bytes content : contents()) {
            assertThat(crowd.publishing(PUBLISHER).isPublished(content)).isTrue();
            assertThat(holders(crowd, content)).isGreaterThanOrEqualTo(19);
        }
        assertThat(crowd.publishing(PUBLISHER).isValuePublished(VALUE.key())).isTrue();
        assertThat(crowd.publishing(PUBLISHER).counts().lookups()).isLessThan(KEYS / 10);
        assertThat(found(crowd, 3)).isEqualTo(KEYS / 10 + 1);
        crowd.runTo(crowd.now() + 72 * HOUR);
        assertThat(found(crowd, 4)).isEqualTo(KEYS / 10 + 1);
        for (Bytes content : contents()) {
            assertThat(holders(crowd, content)).isGreaterThanOrEqualTo(19);
        }
        // Others forget what nobody tells them any more.
        crowd.say(PUBLISHER, new PublishAction.Forget(new Ticket(Ticket.API, 3), contents()));
        crowd.say(PUBLISHER, new PublishAction.ForgetValue(new Ticket(Ticket.API, 4), VALUE.key()));
        crowd.runTo(crowd.now() + 49 * HOUR);
        assertThat(found(crowd, 5)).isZero();
    }

    /** A node that was off publishes again what it has kept. */
    @Test
    void whatIsKeptIsPublishedAfterARestart() {
        KadCrowd crowd = published();
        crowd.stop(PUBLISHER);
        crowd.runTo(crowd.now() + 47 * HOUR);
        crowd.start(PUBLISHER, List.of(1));
        assertThat(crowd.publishing(PUBLISHER).keys()).isEqualTo(KEYS);
        crowd.runTo(crowd.now() + 10 * MINUTE);
        crowd.runTo(crowd.now() + 2 * HOUR);
        assertThat(found(crowd, 3)).isEqualTo(KEYS / 10 + 1);
        for (Bytes content : contents()) {
            assertThat(holders(crowd, content)).isGreaterThanOrEqualTo(19);
        }
    }

    /** Nodes that leave take their records with them: the next round tells those that are the nearest then. */
    @Test
    void whoLeavesIsReplacedInTheNextRound() {
        KadCrowd crowd = published();
        for (int node = 30; node < NODES; node++) {
            crowd.stop(node);
        }
        crowd.runTo(crowd.now() + 46 * HOUR);
        assertThat(found(crowd, 3)).isEqualTo(KEYS / 10 + 1);
        for (Bytes content : contents()) {
            assertThat(holders(crowd, content)).isGreaterThanOrEqualTo(18);
        }
    }
}
