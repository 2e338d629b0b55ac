package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Networks of nodes with the machines of production, which have joined by themselves. */
final class KadCrowdTest {

    private static final long MINUTE = 60 * KadCrowd.SECOND;

    /** As good as the public network at the least (probe-lab network-measurements, RFM19): 61 % know all of their 20 nearest, 95 % 18. */
    @Test
    void nodesThatJoinKnowThoseNearToThem() {
        KadCrowd crowd = Health.joined(300, 30, 1, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        CrowdHealth.Tables tables = CrowdHealth.tables(crowd);
        assertThat(tables.all()).as("%s", tables).isGreaterThan(0.61);
        assertThat(tables.most()).as("%s", tables).isGreaterThan(0.95);
        assertThat(tables.size().orElseThrow()).as("%s", tables).isBetween(200.0, 360.0);
        CrowdLookups.Report lookups = CrowdHealth.lookups(crowd, 200, 1);
        assertThat(lookups.done()).isEqualTo(200);
        assertThat(lookups.recall()).as("%s", lookups).isGreaterThan(0.99);
    }

    /** The same seed makes the same world, and another another one. */
    @Test
    void theSameSeedMakesTheSameWorld() {
        assertThat(digest(1)).isEqualTo(digest(1)).isNotEqualTo(digest(2));
    }

    private static List<Object> digest(long seed) {
        KadCrowd crowd = Health.joined(40, 10, seed, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        List<Object> digests = new ArrayList<>(List.of(crowd.inputs(), crowd.questions()));
        for (int node = 0; node < crowd.size(); node++) {
            digests.add(crowd.routing(node).spaces().digest());
        }
        return digests;
    }

    /** Who is gone is found out and forgotten, and whoever was restarted knows at once whom it knew. */
    @Test
    void theDeadAreForgottenAndTheRestartedRemember() {
        KadCrowd crowd = Health.joined(60, 10, 3, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        IntStream.range(40, 60).forEach(crowd::stop);
        crowd.runTo(crowd.now() + 25 * MINUTE);
        CrowdHealth.Tables tables = CrowdHealth.tables(crowd);
        assertThat(tables.dead()).as("%s", tables).isZero();
        Space before = space(crowd, 7);
        crowd.stop(7);
        crowd.start(7, List.of());
        assertThat(space(crowd, 7).table().contacts())
                .isEqualTo(before.table().contacts())
                .hasSizeGreaterThan(20);
        crowd.runTo(crowd.now() + 2 * MINUTE);
        assertThat(space(crowd, 7).table().size())
                .isGreaterThanOrEqualTo(before.table().size());
    }

    private static Space space(KadCrowd crowd, int node) {
        return crowd.routing(node).spaces().at(Network.WIDE);
    }

    /** Clients find others, and nobody has them in a table. */
    @Test
    void clientsAskAndAreNotAsked() {
        KadCrowd crowd = Health.joined(40, 10, 4, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        int client = crowd.add();
        crowd.start(client, List.of(1), Table.<String, String>empty().with("routing.mode", "client"));
        crowd.runTo(crowd.now() + 2 * MINUTE);
        assertThat(space(crowd, client).table().size()).isGreaterThan(20);
        Contact contact = crowd.contact(client);
        for (int node = 0; node < client; node++) {
            assertThat(space(crowd, node).table().has(contact)).isFalse();
        }
    }

    /** Who joins is told when it has, and who can join nothing is told so. */
    @Test
    void whoJoinsIsTold() {
        KadCrowd crowd = Health.joined(20, 10, 5, Health.SERVERS);
        List<RoutingOutcome.Joined> told = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof RoutingOutcome.Joined joined) {
                told.add(joined);
            }
        });
        int late = crowd.add();
        crowd.start(late, List.of(3));
        crowd.say(late, new RoutingAction.Join(new Ticket(Ticket.API, 1), Network.WIDE));
        int alone = crowd.add();
        crowd.start(alone, List.of());
        crowd.say(alone, new RoutingAction.Join(new Ticket(Ticket.API, 2), Network.WIDE));
        assertThat(told).containsExactly(new RoutingOutcome.Joined(new Ticket(Ticket.API, 2), 0));
        crowd.runTo(crowd.now() + MINUTE);
        assertThat(told).hasSize(2);
        assertThat(told.getLast().known()).isGreaterThan(10);
    }

    /** A peer is found by its id, also one that this node has never heard of; one that does not exist is not. */
    @Test
    void peersAreFound() {
        KadCrowd crowd = Health.joined(100, 20, 6, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        for (int other = 1; other < 20; other++) {
            crowd.say(
                    0,
                    new OperationAction.Start(
                            new Ticket(Ticket.API, other),
                            new Goal.FindPeer(crowd.contact(other).peer())));
        }
        int absent = crowd.add();
        crowd.say(
                0,
                new OperationAction.Start(
                        new Ticket(Ticket.API, 99),
                        new Goal.FindPeer(crowd.contact(absent).peer())));
        crowd.runTo(crowd.now() + MINUTE);
        assertThat(done).hasSize(20).allMatch(end -> end.result() == OperationOutcome.Result.FINISHED);
        for (OperationOutcome.Done end : done) {
            if (end.ticket().key() == 99) {
                assertThat(end.found()).isEqualTo(new Goal.Found.Nothing());
                assertThat(end.closest()).hasSize(20);
            } else {
                Contact contact = crowd.contact((int) end.ticket().key());
                assertThat(end.found())
                        .isInstanceOfSatisfying(
                                Goal.Found.Peer.class,
                                found -> assertThat(Contact.of(
                                                found.info().peer(),
                                                found.info().addresses()))
                                        .isEqualTo(contact));
            }
        }
    }

    /** A peer that is known is found though nobody else is there to name it; whether it is there it says itself. */
    @Test
    void aPeerThatIsKnownIsFound() {
        KadCrowd crowd = Health.joined(2, 10, 9, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        Contact contact = crowd.contact(1);
        PeerInfo info = new PeerInfo(contact.peer(), contact.addresses(), Connectedness.NOT_CONNECTED);
        assertThat(played(crowd, new Goal.FindPeer(contact.peer())).getFirst().found())
                .isInstanceOfSatisfying(Goal.Found.Peer.class, found -> {
                    assertThat(found.info()).isEqualTo(info);
                    assertThat(found.isSure()).isTrue();
                });
        crowd.stop(1);
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        crowd.say(0, new OperationAction.Start(new Ticket(Ticket.API, 5), new Goal.FindPeer(contact.peer())));
        crowd.runTo(crowd.now() + MINUTE);
        assertThat(done).singleElement().satisfies(end -> {
            assertThat(end.result()).isEqualTo(OperationOutcome.Result.NO_ANSWERS);
            assertThat(end.found()).isInstanceOfSatisfying(Goal.Found.Peer.class, found -> {
                assertThat(found.info()).isEqualTo(info);
                assertThat(found.isSure()).isFalse();
            });
        });
    }

    private static Bytes multihash(int number) {
        return Bytes.of(Multihash.sha256(new byte[] {(byte) number}).toBytes());
    }

    private static List<OperationOutcome.Done> played(KadCrowd crowd, Goal... goals) {
        List<OperationOutcome.Done> done = new ArrayList<>();
        crowd.onOutcome((node, outcome) -> {
            if (outcome instanceof OperationOutcome.Done end) {
                done.add(end);
            }
        });
        for (int i = 0; i < goals.length; i++) {
            crowd.say(i, new OperationAction.Start(new Ticket(Ticket.API, i), goals[i]));
        }
        crowd.runTo(crowd.now() + MINUTE);
        assertThat(done).hasSize(goals.length).allMatch(end -> end.result() == OperationOutcome.Result.FINISHED);
        done.sort((one, other) -> one.ticket().compareTo(other.ticket()));
        return done;
    }

    /** What one has stored another finds, wherever both are: values and who provides content. */
    @Test
    void whatIsStoredIsFound() {
        KadCrowd crowd = Health.joined(100, 20, 7, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        Goal[] stores = new Goal[40];
        Goal[] searches = new Goal[40];
        for (int i = 0; i < 20; i++) {
            Bytes key = AnyValue.key("value " + i);
            stores[i] = new Goal.PutValue(ValueRecord.of(key, Bytes.of((byte) 1, (byte) i)));
            searches[39 - i] = new Goal.GetValue(key, 0);
            stores[20 + i] = new Goal.Provide(multihash(i));
            searches[19 - i] = new Goal.FindProviders(multihash(i), 5);
        }
        for (OperationOutcome.Done done : played(crowd, stores)) {
            assertThat(done.stored()).isEqualTo(20);
            assertThat(done.failed()).isZero();
        }
        List<OperationOutcome.Done> found = played(crowd, searches);
        for (int i = 0; i < 20; i++) {
            Bytes value = Bytes.of((byte) 1, (byte) i);
            assertThat(found.get(39 - i).found())
                    .isInstanceOfSatisfying(
                            Goal.Found.Value.class,
                            got -> assertThat(got.record().value()).isEqualTo(value));
            assertThat(found.get(19 - i).found())
                    .isEqualTo(new Goal.Found.Providers(
                            List.of(crowd.contact(20 + i).peer())));
        }
    }

    /** Those of the nearest that have a worse value are given the best one that was found. */
    @Test
    void worseValuesAreCorrected() {
        KadCrowd crowd = Health.joined(60, 20, 8, Health.SERVERS);
        crowd.runTo(crowd.now() + MINUTE);
        Bytes key = AnyValue.key("corrected");
        played(crowd, new Goal.PutValue(ValueRecord.of(key, Bytes.of((byte) 1))));
        Bytes best = Bytes.of((byte) 2);
        // Who stores it holds it, too.
        List<Integer> holders = IntStream.range(0, 60)
                .filter(node -> crowd.records(node).values().held().has(key))
                .boxed()
                .toList();
        assertThat(holders).hasSize(21).startsWith(0);
        crowd.say(holders.getLast(), new RecordsAction.Put(new Ticket(Ticket.API, 9), ValueRecord.of(key, best)));
        assertThat(played(crowd, new Goal.GetValue(key, 30)).getFirst().found())
                .isInstanceOfSatisfying(
                        Goal.Found.Value.class,
                        found -> assertThat(found.record().value()).isEqualTo(best));
        for (int holder : holders) {
            assertThat(crowd.records(holder).values().held().at(key).value()).isEqualTo(best);
        }
    }
}
