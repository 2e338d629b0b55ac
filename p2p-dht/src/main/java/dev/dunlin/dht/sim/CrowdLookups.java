package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Lookups of random nodes of a crowd for random ids, all begun within a minute. */
public final class CrowdLookups {

    private static final int LOOKUPS_SEED = 3;
    private static final long WITHIN = 60 * KadCrowd.SECOND;

    /** After how long all are over, microseconds: those that were begun last have had the time that a lookup may take, and more. */
    public static final long TIME = 130 * KadCrowd.SECOND;

    private final List<Contact> up;
    private final List<Ended> ended = new ArrayList<>();

    private record Ended(Contact asker, Bytes key, QueryOutcome.Done done) {}

    /**
     * What there is to say of lookups.
     *
     * @param done how many ended
     * @param recall how many they found of the 20 nearest other nodes that were up when the first began, 0 to 1
     * @param requests how many questions one asked, on average
     * @param took how long one took, seconds of virtual time, on average
     */
    public record Report(int done, double recall, double requests, double took) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d lookups found %.4f of the 20 nearest with %.1f questions in %.2f s",
                    done,
                    recall,
                    requests,
                    took);
        }
    }

    private CrowdLookups(List<Contact> up) {
        this.up = up;
    }

    /** Begins: so many are begun within the next minute of the crowd's time. */
    public static CrowdLookups begin(KadCrowd crowd, int count, long seed) {
        CrowdLookups lookups = new CrowdLookups(CrowdHealth.up(crowd));
        SimRandom random = SimRandom.of(seed, LOOKUPS_SEED);
        for (int i = 0; i < count; i++) {
            Bytes key = Bytes.of(
                    ByteBuffer.allocate(Long.BYTES).putLong(random.next()).array());
            int node =
                    crowd.number(lookups.up.get(random.below(lookups.up.size())).peer());
            crowd.at(crowd.now() + random.below(WITHIN), () -> {
                if (crowd.isUp(node)) {
                    crowd.ask(
                            node,
                            ticket -> start(crowd, node, ticket, key),
                            outcome -> lookups.told(crowd.contact(node), key, outcome));
                }
            });
        }
        return lookups;
    }

    /** The lookup of a node for the hash of a key. */
    static QueryAction.Start start(KadCrowd crowd, int node, Ticket ticket, Bytes key) {
        return new QueryAction.Start(
                ticket,
                Ticket.API,
                Network.WIDE.protocol(),
                new KadQuestion.FindNode(key),
                crowd.space(node).table().nearest(Key.ofPreimage(key), CrowdHealth.WANTED),
                AddressFilter.ANY,
                Terms.standard(CrowdHealth.WANTED));
    }

    private boolean told(Contact asker, Bytes key, Object outcome) {
        if (outcome instanceof QueryOutcome.Done done) {
            ended.add(new Ended(asker, key, done));
        }
        return outcome instanceof QueryOutcome.Done;
    }

    /** What there is to say of those that have ended. */
    public Report report() {
        double recall = 0;
        double requests = 0;
        double took = 0;
        for (Ended each : ended) {
            Set<Contact> found = new HashSet<>();
            each.done().closest().forEach(candidate -> found.add(candidate.contact()));
            // Nobody finds itself.
            List<Contact> expected =
                    CrowdHealth.nearest(up, Key.ofPreimage(each.key()), CrowdHealth.WANTED + 1).stream()
                            .filter(contact -> !contact.equals(each.asker()))
                            .limit(CrowdHealth.WANTED)
                            .toList();
            recall += (double) expected.stream().filter(found::contains).count() / expected.size();
            requests += each.done().requests();
            took += (double) each.done().took() / KadCrowd.SECOND;
        }
        int count = Math.max(1, ended.size());
        return new Report(ended.size(), recall / count, requests / count, took / count);
    }
}
