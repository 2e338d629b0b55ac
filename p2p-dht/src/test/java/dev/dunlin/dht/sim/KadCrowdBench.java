package dev.dunlin.dht.sim;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prints how a crowd does that has joined by itself: {@code -Ddunlin.bench=true}, {@code -Ddunlin.nodes}, {@code -Ddunlin.minutes}. */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class KadCrowdBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");

    @Test
    void joins() {
        int nodes = Integer.getInteger("dunlin.nodes", 2_000);
        int minutes = Integer.getInteger("dunlin.minutes", 2);
        long begun = System.nanoTime();
        KadCrowd crowd = Health.joined(nodes, Math.max(10, nodes / 60), 1, Health.SERVERS);
        say(crowd, begun, "all have joined");
        for (int i = 0; i < minutes; i++) {
            crowd.runTo(crowd.now() + 60 * KadCrowd.SECOND);
        }
        say(crowd, begun, Health.tables(crowd).toString());
        long asked = System.nanoTime();
        Health.Lookups lookups = Health.lookups(crowd, 1_000, 1);
        say(crowd, begun, lookups.toString());
        FIGURES.info(
                "{} lookups a second of this machine", lookups.done() * 1_000_000_000L / (System.nanoTime() - asked));
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        FIGURES.info("{} bytes of heap a node", used / nodes);
    }

    private static void say(KadCrowd crowd, long begun, String what) {
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
