package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** How well the nodes of a crowd know one another, and how well they find one another. */
public final class CrowdHealth {

    /** How many of the nearest nodes a lookup is for. */
    static final int WANTED = 20;

    private CrowdHealth() {}

    /** The configuration of a network whose nodes all answer and may be anywhere. */
    public static final Table<String, String> SERVERS =
            Table.<String, String>empty().with("routing.mode", "server").with("routing.addresses", "any");

    /**
     * A crowd of so many nodes, of which some join each second by two of those before them.
     *
     * @param eachSecond at least 1
     */
    public static KadCrowd joined(int nodes, int eachSecond, KadCrowd.Options options) {
        KadCrowd crowd = new KadCrowd(options);
        join(crowd, nodes, eachSecond);
        crowd.runTo(nodes * KadCrowd.SECOND / eachSecond);
        return crowd;
    }

    /** Lets so many nodes join a crowd that has none, from now on. */
    static void join(KadCrowd crowd, int nodes, int eachSecond) {
        SimRandom random = SimRandom.of(crowd.seed(), 2);
        for (int i = 0; i < nodes; i++) {
            int node = crowd.add();
            List<Integer> by = i == 0 ? List.of() : List.of(random.below(i), random.below(i));
            crowd.at(crowd.now() + i * KadCrowd.SECOND / eachSecond, () -> crowd.start(node, by));
        }
    }

    /** All nodes that are up, sorted by id: the nearest to an id are near in it. */
    static List<Contact> up(KadCrowd crowd) {
        List<Contact> up = new ArrayList<>();
        for (int i = 0; i < crowd.size(); i++) {
            if (crowd.isUp(i)) {
                up.add(crowd.contact(i));
            }
        }
        up.sort((one, other) -> one.key().compareTo(other.key()));
        return up;
    }

    /** The nearest to an id of nodes that are sorted by id. Those that share most bits with it stand together. */
    static List<Contact> nearest(List<Contact> sorted, Key target, int most) {
        int low = 0;
        int high = sorted.size();
        for (int bit = 0; bit < Key.BITS && high - low > most; bit++) {
            int split = split(sorted, low, high, bit);
            int from = target.bit(bit) ? split : low;
            int to = target.bit(bit) ? high : split;
            if (to - from < most) {
                break;
            }
            low = from;
            high = to;
        }
        List<Contact> near = new ArrayList<>(sorted.subList(low, high));
        near.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return near.subList(0, Math.min(most, near.size()));
    }

    /** Where in a part, whose ids are equal up to a bit, those begin that have it set. */
    private static int split(List<Contact> sorted, int low, int high, int bit) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = from + to >>> 1;
            if (sorted.get(middle).key().bit(bit)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    /**
     * What there is to say of the tables of all nodes that are up.
     *
     * @param contacts how many nodes are in one, on average
     * @param all how many of the nodes know all of the 20 nearest to them, 0 to 1
     * @param most how many know 18 of them
     * @param dead how many of the contacts are down, 0 to 1
     * @param size how many nodes there are, as the nodes reckon it on average; empty if none knows enough to do so
     */
    public record Tables(double contacts, double all, double most, double dead, OptionalDouble size) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f contacts, %.1f %% know all of their 20 nearest, %.1f %% know 18, %.2f %% of the contacts are"
                            + " down, the size is estimated at %,.0f",
                    contacts,
                    100 * all,
                    100 * most,
                    100 * dead,
                    size.orElse(0));
        }
    }

    /** Looks at all tables. */
    public static Tables tables(KadCrowd crowd) {
        List<Contact> up = up(crowd);
        long contacts = 0;
        long dead = 0;
        int all = 0;
        int most = 0;
        double sizes = 0;
        int estimates = 0;
        for (Contact contact : up) {
            Space space = crowd.space(crowd.number(contact.peer()));
            contacts += space.table().size();
            for (Contact known : space.table().contacts()) {
                dead += crowd.isUp(crowd.number(known.peer())) ? 0 : 1;
            }
            int known = 0;
            List<Contact> near = nearest(up, contact.key(), WANTED + 1);
            for (Contact other : near) {
                known += space.table().has(other) ? 1 : 0;
            }
            all += known >= near.size() - 1 ? 1 : 0;
            most += known >= near.size() - 3 ? 1 : 0;
            OptionalDouble estimate = space.size().estimate();
            sizes += estimate.orElse(0);
            estimates += estimate.isPresent() ? 1 : 0;
        }
        return new Tables(
                (double) contacts / up.size(),
                (double) all / up.size(),
                (double) most / up.size(),
                (double) dead / Math.max(1, contacts),
                estimates == 0 ? OptionalDouble.empty() : OptionalDouble.of(sizes / estimates));
    }

    /** As {@link CrowdLookups}, from now until all are over. */
    public static CrowdLookups.Report lookups(KadCrowd crowd, int count, long seed) {
        CrowdLookups lookups = CrowdLookups.begin(crowd, count, seed);
        crowd.runTo(crowd.now() + CrowdLookups.TIME);
        return lookups.report();
    }
}
