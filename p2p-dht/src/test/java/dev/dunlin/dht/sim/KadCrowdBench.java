package dev.dunlin.dht.sim;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints how a crowd does that has joined by itself: {@code -Ddunlin.bench=true}, {@code -Ddunlin.nodes}, {@code -Ddunlin.minutes}; and how it
 * does under churn: {@code -Ddunlin.hours}, {@code -Ddunlin.churn} of a thousand nodes an hour, {@code -Ddunlin.again} minutes from one put of
 * a value to the next.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class KadCrowdBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final long MINUTE = 60 * KadCrowd.SECOND;

    private final long begun = System.nanoTime();

    @Test
    void joins() {
        int nodes = Integer.getInteger("dunlin.nodes", 2_000);
        KadCrowd crowd = joined(nodes);
        long asked = System.nanoTime();
        CrowdLookups.Report lookups = CrowdHealth.lookups(crowd, 1_000, 1);
        say(crowd, lookups.toString());
        FIGURES.info(
                "{} lookups a second of this machine, beside {} nodes that look after their tables",
                lookups.done() * 1_000_000_000L / (System.nanoTime() - asked),
                nodes);
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        FIGURES.info("{} bytes of heap a node", used / nodes);
    }

    @Test
    void lastsUnderChurn() {
        int hours = Integer.getInteger("dunlin.hours", 0);
        if (hours == 0) {
            return;
        }
        int nodes = Integer.getInteger("dunlin.nodes", 2_000);
        int again = Integer.getInteger("dunlin.again", 22 * 60);
        int stable = Math.max(1, nodes / 100);
        KadCrowd crowd = joined(nodes);
        long until = crowd.now() + hours * 60 * MINUTE;
        StoredValues values = new StoredValues(crowd, nodes, stable);
        values.put(Math.min(again, 60) * MINUTE, again * MINUTE, until);
        values.get(2 * nodes, until - crowd.now());
        Churn churn = Churn.begin(crowd, Churn.Rate.of(Integer.getInteger("dunlin.churn", 300), stable), until);
        for (int hour = 1; hour <= hours; hour++) {
            crowd.runTo(crowd.now() + 60 * MINUTE);
            say(crowd, "so far " + values.report());
            FIGURES.info(
                    "{} have left, {} of them have come again, {} are new, {} are up",
                    churn.left(),
                    churn.returned(),
                    churn.joined(),
                    crowd.up());
            say(crowd, CrowdHealth.tables(crowd).toString());
        }
        say(crowd, CrowdHealth.lookups(crowd, 1_000, 2).toString());
    }

    private KadCrowd joined(int nodes) {
        KadCrowd crowd = CrowdHealth.joined(
                nodes,
                Math.max(10, nodes / 60),
                KadCrowd.Options.of(1, CrowdHealth.SERVERS).judgedBy(SignedValue.VALIDATORS));
        say(crowd, "all have joined");
        crowd.runTo(crowd.now() + Integer.getInteger("dunlin.minutes", 2) * MINUTE);
        say(crowd, CrowdHealth.tables(crowd).toString());
        return crowd;
    }

    private void say(KadCrowd crowd, String what) {
        FIGURES.info(String.format(
                Locale.ROOT,
                "%.1f s of this machine: at %d s, %,d inputs, %,d questions: %s",
                (System.nanoTime() - begun) / 1e9,
                crowd.now() / KadCrowd.SECOND,
                crowd.inputs(),
                crowd.questions(),
                what));
    }
}
