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
import dev.dunlin.dht.publish.Counts;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.table.Contact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints what it takes to publish many keys, region by region and one by one, in the same crowd: {@code -Ddunlin.bench=true}, {@code
 * -Ddunlin.nodes}, {@code -Ddunlin.keys}. One by one it is measured on some of the keys.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class PublishBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");

    private static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final int PUBLISHER = 5;
    private static final int SAMPLE = 200;
    private static final int CHECKED = 1_000;
    private static final int COPIES = 20;

    /** Checks of neighbours are rare: what is counted is of publishing. */
    private static final Table<String, String> CONFIG = Health.SERVERS
            .with("routing.checkInterval", Long.toString(20 * 60 * MINUTE))
            .with("routing.refreshInterval", Long.toString(20 * 60 * MINUTE))
            .with("publish.maxKeys", "1000000");

    private final int nodes = Integer.getInteger("dunlin.nodes", 1_000);
    private final int keys = Integer.getInteger("dunlin.keys", 100_000);

    @Test
    void manyKeys() {
        KadCrowd crowd = Health.joined(nodes, Math.max(10, nodes / 60), 1, CONFIG);
        crowd.runTo(crowd.now() + 2 * MINUTE);
        FIGURES.info("{} nodes: {}", nodes, CrowdHealth.tables(crowd));
        double lookupsEach = oneByOne(crowd);
        long lookups = swept(crowd);
        double fewer = 100 * (1 - lookups / (keys * lookupsEach));
        say("%.2f %% fewer lookups than one by one", fewer);
        assertThat(fewer).isGreaterThan(95);
    }

    /** How many lookups one key takes, of keys that are not published otherwise. */
    private double oneByOne(KadCrowd crowd) {
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        long questions = crowd.questions();
        long lookups = crowd.queries(PUBLISHER).last();
        long begun = System.nanoTime();
        long now = crowd.now();
        for (int i = 0; i < SAMPLE; i++) {
            crowd.say(
                    PUBLISHER,
                    new OperationAction.Start(new Ticket(Ticket.API, i), new Goal.Provide(content(keys + i))));
            while (done.size() <= i) {
                crowd.runTo(crowd.now() + KadCrowd.SECOND / 100);
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long asked = crowd.questions() - questions;
        double each = (double) (crowd.queries(PUBLISHER).last() - lookups) / SAMPLE;
        say(
                "one by one, %d keys: %.2f lookups and %.1f questions each, %.2f s each of virtual time, %.2f ms of this"
                        + " machine; that is %,.0f lookups and %,.0f questions for %,d",
                SAMPLE,
                each,
                (double) asked / SAMPLE,
                (double) (crowd.now() - now) / KadCrowd.SECOND / SAMPLE,
                1e3 * seconds / SAMPLE,
                each * keys,
                (double) asked / SAMPLE * keys,
                keys);
        return each;
    }

    private long swept(KadCrowd crowd) {
        long before = heap();
        for (int i = 0; i < keys; i += PublishAction.MOST_KEYS) {
            List<Bytes> some = new ArrayList<>();
            for (int j = i; j < Math.min(keys, i + PublishAction.MOST_KEYS); j++) {
                some.add(content(j));
            }
            crowd.say(PUBLISHER, new PublishAction.Keep(new Ticket(Ticket.API, 1), some));
        }
        say("%,d keys are kept, in %.1f bytes of heap each", keys, (double) (heap() - before) / keys);
        long questions = crowd.questions();
        long lookups = crowd.queries(PUBLISHER).last();
        long now = crowd.now();
        long begun = System.nanoTime();
        while (crowd.publishing(PUBLISHER).waiting() > 0) {
            crowd.runTo(crowd.now() + KadCrowd.SECOND);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Counts counts = crowd.publishing(PUBLISHER).counts();
        long looked = crowd.queries(PUBLISHER).last() - lookups;
        long asked = crowd.questions() - questions;
        say(
                "by region, %,d keys: %d regions, %d lookups, %,d questions of which %,d store something, %d s of virtual"
                        + " time, %.1f s of this machine; %s",
                keys,
                counts.sweeps(),
                looked,
                asked,
                counts.stored(),
                (crowd.now() - now) / KadCrowd.SECOND,
                seconds,
                counts);
        say("%.3f of the nearest nodes of each key have it", recall(crowd));
        say("%,d bytes of heap for all", heap());
        return looked;
    }

    private double recall(KadCrowd crowd) {
        List<Contact> up = CrowdHealth.up(crowd);
        long held = 0;
        for (int i = 0; i < CHECKED; i++) {
            Bytes content = content((int) ((long) i * keys / CHECKED));
            for (Contact near : CrowdHealth.nearest(up, Key.ofPreimage(content), COPIES + 1)) {
                int node = crowd.number(near.peer());
                held += node != PUBLISHER
                                && crowd.records(node).providers().keys().has(content)
                        ? 1
                        : 0;
            }
        }
        return (double) held / CHECKED / COPIES;
    }

    private static Bytes content(int number) {
        return Bytes.of(Multihash.sha256(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array())
                .toBytes());
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void say(String format, Object... values) {
        FIGURES.info(String.format(Locale.ROOT, format, values));
    }
}
