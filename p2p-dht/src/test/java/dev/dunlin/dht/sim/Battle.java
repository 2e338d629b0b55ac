package dev.dunlin.dht.sim;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A crowd some of whose nodes mean ill, and what becomes of what the others want. */
final class Battle {

    static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final int NAMED = 20;
    private static final int PORT = 4001;

    private final KadCrowd crowd;
    private final SimRandom random;
    private final List<Integer> honest = new ArrayList<>();
    private final List<Integer> adversaries = new ArrayList<>();
    private int minted;

    private Battle(KadCrowd crowd, long seed) {
        this.crowd = crowd;
        this.random = SimRandom.of(seed, 7);
    }

    /**
     * All have joined, and nobody has done anything bad so far.
     *
     * @param percent how many of a hundred will
     */
    static Battle of(int nodes, int percent, long seed, Table<String, String> config, Validators validators) {
        Table<String, String> all = CrowdHealth.SERVERS;
        for (var each : config) {
            all = all.with(each.getKey(), each.getValue());
        }
        KadCrowd crowd =
                CrowdHealth.joined(nodes, 30, KadCrowd.Options.of(seed, all).judgedBy(validators));
        crowd.runTo(crowd.now() + MINUTE);
        Battle battle = new Battle(crowd, seed);
        // In any order, as ids are: a node's number says nothing of where it is.
        for (int node = 0; node < nodes; node++) {
            (node % 100 < percent ? battle.adversaries : battle.honest).add(node);
        }
        return battle;
    }

    KadCrowd crowd() {
        return crowd;
    }

    List<Integer> honest() {
        return honest;
    }

    List<Integer> adversaries() {
        return adversaries;
    }

    /** Lets the adversaries answer in another way from now on. */
    void turn(Adversary to) {
        adversaries.forEach(node -> crowd.corrupt(node, to));
    }

    // Identities that cost nothing but hashing

    /** So many ids that are nobody's, as whoever makes keys gets them. */
    List<PeerId> mint(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> PeerId.of(Multihash.identity(
                        ByteBuffer.allocate(Long.BYTES).putLong(++minted).array())))
                .toList();
    }

    /** Of so many ids those nearest to a target. */
    List<PeerId> mintNear(Key target, int count, int of) {
        return mint(of).stream()
                .sorted(Comparator.comparing(peer -> target.distance(Key.of(peer))))
                .limit(count)
                .toList();
    }

    /** An address in one of so many networks that adversaries have rented, all of 16 bits. */
    Multiaddr rented(int networks) {
        return Multiaddr.tcp(
                new byte[] {
                    (byte) 130, (byte) random.below(networks), (byte) random.below(256), (byte) random.between(1, 254)
                },
                PORT);
    }

    /** Where adversaries say that they are. */
    enum Claim {
        /** Where they are. */
        TRUE,
        /** There, and besides in any of two hundred other networks, where they are not. */
        FALSE,
        /** At a name that leads to them. */
        NAME;

        List<Multiaddr> of(Multiaddr address, Multiaddr other, PeerId peer) {
            return switch (this) {
                case TRUE -> List.of(address);
                case FALSE -> List.of(address, other);
                case NAME ->
                    List.of(Multiaddr.parse("/dns4/" + Key.of(peer).toString().substring(0, 16) + ".com/tcp/" + PORT));
            };
        }
    }

    /** An address in one of two hundred other networks. */
    private Multiaddr anywhere() {
        return Multiaddr.tcp(
                new byte[] {
                    (byte) 131, (byte) random.below(200), (byte) random.below(256), (byte) random.between(1, 254)
                },
                PORT);
    }

    /** Adversaries without machines, which only answer; sorted by id. */
    List<Contact> posers(List<PeerId> peers, int networks, Adversary as) {
        return posers(peers, networks, Claim.TRUE, as);
    }

    /** As above, which say that they are elsewhere. */
    List<Contact> posers(List<PeerId> peers, int networks, Claim claim, Adversary as) {
        List<Contact> contacts = new ArrayList<>();
        for (PeerId peer : peers) {
            Multiaddr address = rented(networks);
            int node = crowd.add(peer, address, claim.of(address, anywhere(), peer));
            crowd.pose(node, as);
            contacts.add(crowd.contact(node));
        }
        contacts.sort(Comparator.comparing(Contact::key));
        return contacts;
    }

    /** Adversaries that join as others do, and answer as they will; sorted by id. */
    List<Contact> joining(List<PeerId> peers, int networks, Adversary as) {
        List<Contact> contacts = new ArrayList<>();
        for (PeerId peer : peers) {
            int node = crowd.add(peer, rented(networks));
            crowd.corrupt(node, as);
            adversaries.add(node);
            contacts.add(crowd.contact(node));
            crowd.at(crowd.now() + random.below(MINUTE), () -> crowd.start(node, List.of(anyHonest(), anyHonest())));
        }
        contacts.sort(Comparator.comparing(Contact::key));
        return contacts;
    }

    int anyHonest() {
        return honest.get(random.below(honest.size()));
    }

    // What adversaries say

    /** It names those of its fellows that are nearest to the key, has no value, and says that it stores what it does not. */
    static Adversary naming(List<Contact> fellows) {
        return (node, asker, question) -> new Adversary.Reply.Lie(
                switch (question) {
                    case KadQuestion.FindNode(Bytes key) -> KadAnswer.FoundNodes.of(near(fellows, key));
                    case KadQuestion.GetValue(Bytes key) ->
                        KadAnswer.FoundValue.of(Optional.empty(), near(fellows, key));
                    case KadQuestion.GetProviders(Bytes key) ->
                        KadAnswer.FoundProviders.of(List.of(), near(fellows, key));
                    case KadQuestion.PutValue(ValueRecord record) -> new KadAnswer.StoredValue(record);
                    case KadQuestion.AddProvider add -> new KadAnswer.Added(add.key());
                    case KadQuestion.Ping() -> new KadAnswer.Pong();
                });
    }

    private static List<PeerInfo> near(List<Contact> fellows, Bytes key) {
        return infos(CrowdHealth.nearest(fellows, Key.ofPreimage(key), NAMED));
    }

    /** It answers as others do, but has no value, and says that it stores what it does not. */
    Adversary hiding() {
        return (node, asker, question) -> switch (question) {
            case KadQuestion.GetValue(Bytes key) ->
                new Adversary.Reply.Lie(KadAnswer.FoundValue.of(Optional.empty(), known(node, key)));
            case KadQuestion.PutValue(ValueRecord record) -> new Adversary.Reply.Lie(new KadAnswer.StoredValue(record));
            case KadQuestion.FindNode _, KadQuestion.GetProviders _, KadQuestion.AddProvider _, KadQuestion.Ping _ ->
                Adversary.Reply.HONEST;
        };
    }

    /** It names those that others would, each at an address at which it is not. */
    Adversary misplacing() {
        return (node, asker, question) -> question instanceof KadQuestion.FindNode(Bytes key)
                ? new Adversary.Reply.Lie(KadAnswer.FoundNodes.of(known(node, key).stream()
                        .map(info -> new PeerInfo(info.peer(), List.of(anywhere()), info.connection()))
                        .toList()))
                : Adversary.Reply.HONEST;
    }

    private List<PeerInfo> known(int node, Bytes key) {
        return infos(crowd.space(node).table().nearest(Key.ofPreimage(key), NAMED));
    }

    private static List<PeerInfo> infos(List<Contact> contacts) {
        return contacts.stream()
                .map(contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.NOT_CONNECTED))
                .toList();
    }

    /** It answers as others do, but with this value whatever it has. */
    Adversary forging(Function<Bytes, ValueRecord> value) {
        return (node, asker, question) -> question instanceof KadQuestion.GetValue(Bytes key)
                ? new Adversary.Reply.Lie(KadAnswer.FoundValue.of(Optional.of(value.apply(key)), known(node, key)))
                : Adversary.Reply.HONEST;
    }

    // What the others want

    /** Each goal is pursued by a node, all within a minute. */
    Rate reach(List<Integer> nodes, List<? extends Goal> goals, Predicate<OperationOutcome.Done> isReached) {
        int[] counts = new int[2];
        long[] took = new long[1];
        for (int i = 0; i < goals.size(); i++) {
            int node = nodes.get(i % nodes.size());
            Goal goal = goals.get(i);
            crowd.at(
                    crowd.now() + random.below(MINUTE),
                    () -> crowd.ask(node, ticket -> new OperationAction.Start(ticket, goal), outcome -> {
                        if (outcome instanceof OperationOutcome.Done done) {
                            counts[0]++;
                            counts[1] += isReached.test(done) ? 1 : 0;
                            took[0] += done.took();
                        }
                        return outcome instanceof OperationOutcome.Done;
                    }));
        }
        crowd.runTo(crowd.now() + 5 * MINUTE);
        return new Rate(counts[0], counts[1], (double) took[0] / KadCrowd.SECOND / Math.max(1, counts[0]));
    }

    /** The values of these numbers are put by honest nodes, each as its version. */
    Rate put(int first, int count, long version) {
        List<Goal> puts = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            puts.add(new Goal.PutValue(SignedValue.record(SignedValue.key(i), version)));
        }
        return reach(shuffled(), puts, done -> done.stored() > 0);
    }

    /** So many gets of values of these numbers by honest nodes; that one is reached which has the version. */
    Rate get(int first, int values, int gets, long version) {
        List<Goal> goals = new ArrayList<>();
        for (int i = 0; i < gets; i++) {
            goals.add(new Goal.GetValue(SignedValue.key(first + i % values), 0));
        }
        return reach(shuffled(), goals, done -> isOf(done, version));
    }

    static boolean isOf(OperationOutcome.Done done, long version) {
        return done.found() instanceof Goal.Found.Value(ValueRecord record, int _)
                && record.value()
                        .equals(SignedValue.record(record.key(), version).value());
    }

    private List<Integer> shuffled() {
        List<Integer> shuffled = new ArrayList<>(honest);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, random.below(i + 1));
        }
        return shuffled;
    }
}
