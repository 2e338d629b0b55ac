package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;

/** How well the nodes of a crowd know one another, and how well they find one another. */
final class Health {

    private static final int WANTED = 20;

    private Health() {}

    /** The configuration of a network whose nodes all answer and may be anywhere. */
    static final Table<String, String> SERVERS =
            Table.<String, String>empty().with("routing.mode", "server").with("routing.addresses", "any");

    /** A crowd of so many nodes, of which some join each second by one of those before them. */
    static KadCrowd joined(int nodes, int eachSecond, long seed, Table<String, String> config) {
        KadCrowd crowd = new KadCrowd(KadCrowd.Options.of(seed, config).judgedBy(AnyValue.VALIDATORS));
        SimRandom random = SimRandom.of(seed, 2);
        for (int i = 0; i < nodes; i++) {
            int node = crowd.add();
            long at = i * KadCrowd.SECOND / eachSecond;
            List<Integer> by = i == 0 ? List.of() : List.of(random.below(i), random.below(i));
            crowd.at(at, () -> crowd.start(node, by));
        }
        crowd.runTo(nodes * KadCrowd.SECOND / eachSecond);
        return crowd;
    }

    /** All nodes that are up, sorted by id: the nearest to an id are near in it. */
    private static List<Contact> up(KadCrowd crowd) {
        List<Contact> up = new ArrayList<>();
        for (int i = 0; i < crowd.size(); i++) {
            if (crowd.isUp(i)) {
                up.add(crowd.contact(i));
            }
        }
        up.sort((one, other) -> one.key().compareTo(other.key()));
        return up;
    }

    /** The nearest to an id of all. Those that share most bits with it stand together. */
    static List<Contact> nearest(List<Contact> sorted, Key target, int most) {
        int low = 0;
        int high = sorted.size();
        for (int bit = 0; bit < Key.BITS && high - low > most; bit++) {
            int from = low;
            int to = high;
            int split = low;
            while (split < high && !sorted.get(split).key().bit(bit)) {
                split++;
            }
            if (target.bit(bit)) {
                from = split;
            } else {
                to = split;
            }
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

    /** What there is to say of the tables. */
    record Tables(double contacts, double all, double most, double dead, OptionalDouble size) {

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

    static Tables tables(KadCrowd crowd) {
        List<Contact> up = up(crowd);
        long contacts = 0;
        long dead = 0;
        int all = 0;
        int most = 0;
        double sizes = 0;
        int estimates = 0;
        for (Contact contact : up) {
            Space space = crowd.routing(crowd.number(contact.peer())).spaces().at(Network.WIDE);
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

    /** What there is to say of lookups. */
    record Lookups(int done, double recall, double requests, double took) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d lookups found %.4f of the 20 nearest with %.1f requests in %.2f s",
                    done,
                    recall,
                    requests,
                    took);
        }
    }

    /** Random nodes look for random ids, all within a minute. */
    static Lookups lookups(KadCrowd crowd, int count, long seed) {
        List<Contact> up = up(crowd);
        SimRandom random = SimRandom.of(seed, 3);
        Map<Ticket, Bytes> keys = new HashMap<>();
        Map<Ticket, QueryOutcome.Done> done = new HashMap<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof QueryOutcome.Done end) {
                done.put(end.ticket(), end);
            }
        });
        for (int i = 0; i < count; i++) {
            Ticket ticket = new Ticket(Ticket.API, i + seed);
            Bytes key = Bytes.of(
                    ByteBuffer.allocate(Long.BYTES).putLong(random.next()).array());
            keys.put(ticket, key);
            int node = crowd.number(up.get(random.below(up.size())).peer());
            crowd.at(crowd.now() + random.below(60 * KadCrowd.SECOND), () -> {
                if (crowd.isUp(node)) {
                    crowd.say(
                            node,
                            new QueryAction.Start(
                                    ticket,
                                    Ticket.API,
                                    Network.WIDE.protocol(),
                                    new KadQuestion.FindNode(key),
                                    crowd.routing(node)
                                            .spaces()
                                            .at(Network.WIDE)
                                            .table()
                                            .nearest(Key.ofPreimage(key), WANTED),
                                    AddressFilter.ANY,
                                    Terms.standard(WANTED)));
                }
            });
        }
        crowd.runTo(crowd.now() + 130 * KadCrowd.SECOND);
        double recall = 0;
        double requests = 0;
        double took = 0;
        for (Map.Entry<Ticket, QueryOutcome.Done> each : done.entrySet()) {
            Set<Contact> found = new HashSet<>();
            each.getValue().closest().forEach(candidate -> found.add(candidate.contact()));
            List<Contact> expected =
                    nearest(up, Key.ofPreimage(Objects.requireNonNull(keys.get(each.getKey()))), WANTED);
            recall += (double) expected.stream().filter(found::contains).count() / expected.size();
            requests += each.getValue().requests();
            took += (double) each.getValue().took() / KadCrowd.SECOND;
        }
        int ended = Math.max(1, done.size());
        return new Lookups(done.size(), recall / ended, requests / ended, took / ended);
    }
}
