package dev.dunlin.dht.sim;

import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prints how well each attack of {@link Attacks} goes with its defence and without: {@code -Ddunlin.bench=true}, {@code -Ddunlin.nodes}. */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class AttacksBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int NODES = Integer.getInteger("dunlin.nodes", 1_000);
    private static final int GETS = Integer.getInteger("dunlin.gets", 1_000);

    private static void say(String attack, String defence, Supplier<?> outcome) {
        long begun = System.nanoTime();
        Object came = outcome.get();
        FIGURES.info(String.format(
                Locale.ROOT, "| %s | %s | %s | %.0f s", attack, defence, came, (System.nanoTime() - begun) / 1e9));
    }

    @Test
    void colluders() {
        for (int paths : new int[] {1, 2, 4, 8, 16}) {
            say("20 % colluders", paths + " paths", () -> Attacks.colluders(NODES, 20, paths, true, GETS, 1));
        }
        say("20 % colluders", "8 paths, no limits of a network", () -> Attacks.colluders(NODES, 20, 8, false, GETS, 1));
    }

    @Test
    void sybils() {
        // Forty Sybils near each key: more than the twenty nodes with which a value is stored.
        int keys = Math.max(1, NODES / 5 / 40);
        for (Attacks.Sybils as : Attacks.Sybils.values()) {
            for (boolean isLimited : new boolean[] {true, false}) {
                int paths = as == Attacks.Sybils.NAMING ? 8 : 1;
                say(
                        "20 % Sybils near " + keys + " keys, of two networks, " + as,
                        paths + " paths, " + (isLimited ? "limits of a network" : "no limits"),
                        () -> Attacks.sybils(NODES, 20, as, isLimited, paths, keys, GETS, 1));
            }
        }
    }

    @Test
    void eclipse() {
        for (Battle.Claim claim : Battle.Claim.values()) {
            for (boolean isLimited : new boolean[] {true, false}) {
                say(
                        "eclipse of one node, of two networks, addresses told: " + claim,
                        isLimited ? "limits of a network" : "no limits",
                        () -> Attacks.eclipse(NODES, isLimited, claim, 200, 1));
            }
        }
    }

    @Test
    void places() {
        for (int paths : new int[] {1, 8}) {
            say(
                    "20 % name others where these are not",
                    paths + " paths", () -> Attacks.misplaced(NODES, 20, paths, GETS, 1));
        }
    }

    @Test
    void values() {
        for (boolean isJudged : new boolean[] {true, false}) {
            say(
                    "20 % answer with forged values",
                    isJudged ? "validators" : "none", () -> Attacks.poison(NODES, 20, isJudged, GETS, 1));
        }
        for (int quorum : new int[] {16, 4, 1}) {
            say(
                    "20 % answer with stale values",
                    "a quorum of " + quorum, () -> Attacks.stale(NODES, 20, quorum, GETS, 1));
        }
    }

    @Test
    void slowAndLying() {
        for (boolean isPatient : new boolean[] {false, true}) {
            say(
                    "30 % answer after 9.5 s",
                    isPatient ? "patience of 60 s" : "patience of 2.5 s",
                    () -> Attacks.slow(NODES, 30, isPatient, GETS, 1));
        }
        for (int paths : new int[] {1, 8}) {
            say(
                    "20 % name nodes that are not there",
                    paths + " paths, looked at before they enter a table",
                    () -> Attacks.lies(NODES, 20, paths, GETS, 1));
        }
    }

    @Test
    void providers() {
        for (boolean isShared : new boolean[] {true, false}) {
            say(
                    "5 % provide as much as all have room for",
                    isShared ? "a share for each" : "no shares",
                    () -> Attacks.providerFlood(NODES / 4, isShared, GETS / 4, 1));
        }
    }
}
