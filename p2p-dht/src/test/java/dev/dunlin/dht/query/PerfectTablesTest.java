package dev.dunlin.dht.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.Terms.Termination;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lookups in networks of perfect tables, where each question takes one unit of time, answered or not. How many hops there are follows
 * from the size of the network: each answer brings about 5.69 bits nearer where it names the 20 nearest of what it knows (Cai and
 * Devroye 2015).
 */
final class PerfectTablesTest {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int LOOKUPS = 2_000;
    private static final double BITS_A_HOP = 5.69;

    /** What lookups took, on average. */
    private record Row(double hops, double requests, double rounds, double recall, double nearest) {}

    /** The rows of the reference: with the numbers of requests and rounds that a lookup may take at most. */
    @ParameterizedTest(name = "{0} nodes, width {1}, {3} % dead, {2}")
    @CsvSource({
        // nodes, width, strategy, dead, requests, rounds, recall
        "1000,    1,  beta3,    0,  3.7,  3.7, 0",
        "1000,    1,  closest,  0,  20.3, 20.3, 1",
        "1000,    3,  beta3,    0,  6.0,  2.0, 0",
        "1000,    3,  closest,  0,  22.7, 7.6, 1",
        "10000,   1,  beta3,    0,  4.3,  4.3, 0",
        "10000,   1,  closest,  0,  20.9, 20.9, 1",
        "10000,   3,  beta3,    0,  7.8,  2.6, 0",
        "10000,   3,  closest,  0,  24.0, 8.0, 1",
        "10000,   10, beta3,    0,  25.6, 2.6, 0",
        "10000,   10, closest,  0,  33.4, 3.3, 1",
        "100000,  1,  closest,  0,  21.5, 21.5, 1",
        "100000,  3,  closest,  0,  25.6, 8.6, 1",
        "100000,  10, closest,  0,  38.8, 3.9, 1",
        "1000000, 1,  beta3,    0,  5.5,  5.5, 0",
        "1000000, 1,  closest,  0,  22.0, 22.0, 1",
        "1000000, 3,  beta3,    0,  10.9, 3.6, 0",
        "1000000, 3,  closest,  0,  27.1, 9.0, 1",
        "1000000, 10, beta3,    0,  34.8, 3.5, 0",
        "1000000, 10, closest,  0,  42.9, 4.3, 1",
        // Fewer are asked here than whoever asked all that it heard of while it waited, and fewer found; the standard
        // makes up for it.
        "10000,   3,  closest,  10, 26.6, 8.9, 0.98",
        "10000,   10, closest,  10, 40.2, 4.0, 0.98",
        "10000,   3,  closest,  30, 35.4, 11.8, 0.93",
        "10000,   10, closest,  30, 50.6, 5.1, 0.945",
        "1000000, 3,  closest,  30, 38.5, 12.8, 0.935",
        "1000000, 10, closest,  30, 60.1, 6.0, 0.955",
        // The standard: width 3 until the three nearest have answered, then the rest at once, and more for those that
        // are dead.
        "1000,    3,  standard, 0,  22.7, 7.6, 1",
        "10000,   3,  standard, 0,  33.4, 4.8, 1",
        "100000,  3,  standard, 0,  38.8, 5.5, 1",
        "1000000, 3,  standard, 0,  42.9, 6.0, 1",
        "10000,   3,  standard, 30, 60,   8.0, 0.97",
        "1000000, 3,  standard, 30, 60,   8.0, 0.97"
    })
    void lookupsTakeNoMoreThan(
            int nodes, int width, String strategy, int dead, double requests, double rounds, double recall) {
        PerfectTables network = new PerfectTables(nodes, dead, 42);
        Row row = row(network, terms(strategy, width));
        FIGURES.info(String.format(
                Locale.ROOT,
                "%,d nodes, %d %% dead, width %d, %s: %.2f hops, %.1f requests, %.1f rounds, %.4f of the 20 nearest found, the"
                        + " nearest in %.4f of the lookups",
                nodes,
                dead,
                width,
                strategy,
                row.hops(),
                row.requests(),
                row.rounds(),
                row.recall(),
                row.nearest()));
        if (dead == 0) {
            assertThat(row.nearest()).isEqualTo(1);
            if (width == 1) {
                assertThat(row.hops()).isBetween(expectedHops(nodes) - 0.15, expectedHops(nodes) + 0.15);
            }
        }
        // What is given to one decimal may differ by half of it, and by chance.
        assertThat(row.requests()).isLessThanOrEqualTo(requests * 1.02 + 0.05);
        assertThat(row.rounds()).isLessThanOrEqualTo(rounds * 1.02 + 0.05);
        assertThat(row.recall()).isGreaterThanOrEqualTo(recall - 0.005);
    }

    private static double expectedHops(int nodes) {
        return Math.log(nodes) / Math.log(2) / BITS_A_HOP + 0.2;
    }

    private static Terms terms(String strategy, int width) {
        return switch (strategy) {
            case "beta3" -> new Terms(20, width, new Termination.Nearest(3, false), false, 1);
            case "closest" -> new Terms(20, width, new Termination.Closest(), false, 1);
            default -> new Terms(20, width, new Termination.Nearest(3, true), true, 1);
        };
    }

    private static Row row(PerfectTables network, Terms terms) {
        SplittableRandom random = new SplittableRandom(7);
        long hops = 0;
        long requests = 0;
        long rounds = 0;
        long found = 0;
        int nearest = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            int from = random.nextInt(network.size());
            while (network.isDead(from)) {
                from = random.nextInt(network.size());
            }
            long target = random.nextLong();
            Key key = PerfectTables.key(target);
            PeerId self = network.contact(from).peer();
            Lookup lookup = Lookup.of(
                    key, self, terms, new LookupLimits(256, 1000, Long.MAX_VALUE / 2), network.nearest(from, target));
            int took = 0;
            List<Integer> open = new ArrayList<>();
            lookup = asked(lookup, open);
            while (!lookup.isOver()) {
                took++;
                List<Integer> round = List.copyOf(open);
                open.clear();
                for (int number : round) {
                    if (lookup.isOver()) {
                        break;
                    }
                    Contact contact =
                            lookup.candidate(lookup.requests().at(number)).contact();
                    int node = network.node(contact);
                    lookup = network.isDead(node)
                            ? lookup.failed(number)
                            : lookup.answered(number, network.nearest(node, target));
                }
                lookup = asked(lookup, open);
            }
            List<Candidate> closest = lookup.closest();
            Set<Integer> expected = new HashSet<>(network.trulyNearest(target, 20));
            expected.remove(from);
            Set<Integer> got = closest.stream()
                    .map(candidate -> network.node(candidate.contact()))
                    .collect(Collectors.toSet());
            found += expected.stream().filter(got::contains).count() * 20 / expected.size();
            int first = network.trulyNearest(target, 2).stream()
                    .filter(node -> !node.equals(network.node(Contact.of(self, List.of()))))
                    .findFirst()
                    .orElseThrow();
            Optional<Candidate> best = closest.stream()
                    .filter(candidate -> network.node(candidate.contact()) == first)
                    .findFirst();
            nearest += best.isPresent() ? 1 : 0;
            hops += best.map(Candidate::hops).orElse(0);
            requests += lookup.sent();
            rounds += took;
        }
        return new Row(
                (double) hops / nearest,
                (double) requests / LOOKUPS,
                (double) rounds / LOOKUPS,
                (double) found / LOOKUPS / 20,
                (double) nearest / LOOKUPS);
    }

    private static Lookup asked(Lookup from, List<Integer> open) {
        Lookup lookup = from;
        Optional<Lookup.Choice> next = lookup.isOver() ? Optional.empty() : lookup.next();
        while (next.isPresent()) {
            lookup = lookup.asked(next.get(), 0);
            open.add(lookup.sent());
            next = lookup.next();
        }
        return lookup;
    }
}
