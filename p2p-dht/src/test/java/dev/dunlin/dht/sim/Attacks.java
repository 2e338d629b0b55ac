package dev.dunlin.dht.sim;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Attacks on a crowd, each with what defends against it and without. */
final class Attacks {

    /** How many ids an adversary has made for each node of the network: so 20 of them are nearer to most keys than all nodes are. */
    private static final int MINTED_FOR_EACH = 64;

    /** The same, where the nearest 20 nodes to a key are to be adversaries with hardly an exception. */
    private static final int MINTED_NEAR_A_KEY = 1024;

    private Attacks() {}

    private static Table<String, String> config(String... namesAndValues) {
        Table<String, String> config = Table.empty();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            config = config.with(namesAndValues[i], namesAndValues[i + 1]);
        }
        return config;
    }

    /** No limit of nodes of one network. */
    private static Table<String, String> withoutLimits(Table<String, String> config) {
        return config.with("routing.maxPerNetwork", "0").with("routing.maxPerNetworkInBucket", "0");
    }

    /** In how many networks of 16 bits those have addresses who have made ids. */
    private static final int NETWORKS = 4;

    /**
     * Of a hundred nodes some turn: they name ids that they have made, which are nearer to any key than all nodes and are in four networks,
     * and these answer in the same way. Values that were stored before are looked for.
     *
     * @param isLimited whether a table has few nodes of a network: those that answered a lookup enter it, and the next begins with them
     */
    static Rate colluders(int nodes, int percent, int paths, boolean isLimited, int gets, long seed) {
        Table<String, String> config = config("dht.paths", String.valueOf(paths));
        Battle battle =
                Battle.of(nodes, percent, seed, isLimited ? config : withoutLimits(config), SignedValue.VALIDATORS);
        battle.put(0, nodes, 1);
        List<Contact> fellows = new ArrayList<>();
        Adversary as = Battle.naming(fellows);
        fellows.addAll(battle.posers(battle.mint(nodes * MINTED_FOR_EACH), NETWORKS, as));
        battle.turn(as);
        return battle.get(0, nodes, gets, 1);
    }

    /** What Sybils do. */
    enum Sybils {
        /** They answer as others do, but have no values and store none. */
        HIDING,
        /** They name one another besides, and nobody else. */
        NAMING
    }

    /**
     * Sybils come, as many as a share of all nodes, whose ids are nearer to some keys than all others, from two networks. Then values of
     * these keys are stored and looked for.
     */
    static Rate sybils(int nodes, int percent, Sybils as, boolean isLimited, int paths, int keys, int gets, long seed) {
        Table<String, String> config = config("dht.paths", String.valueOf(paths));
        Battle battle = Battle.of(nodes, 0, seed, isLimited ? config : withoutLimits(config), SignedValue.VALIDATORS);
        List<PeerId> sybils = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            sybils.addAll(battle.mintNear(
                    Key.ofPreimage(SignedValue.key(key)), nodes * percent / 100 / keys, nodes * MINTED_NEAR_A_KEY));
        }
        List<Contact> fellows = new ArrayList<>();
        fellows.addAll(battle.joining(
                sybils,
                2,
                switch (as) {
                    case HIDING -> battle.hiding();
                    case NAMING -> Battle.naming(fellows);
                }));
        battle.crowd().runTo(battle.crowd().now() + 20 * Battle.MINUTE);
        battle.put(0, keys, 1);
        return battle.get(0, keys, gets, 1);
    }

    /**
     * What a node has of others after an attempt to eclipse it.
     *
     * @param sybils how many of its contacts are adversaries, 0 to 1
     * @param gets how many of the values that it looked for it found
     */
    record Eclipse(double sybils, Rate gets) {}

    /**
     * A node joins by one honest node and one adversary. Adversaries, some with ids near to its own, all of two networks, name one another
     * and nobody else.
     *
     * @param claim where they say that they are
     */
    static Eclipse eclipse(int nodes, boolean isLimited, Battle.Claim claim, int gets, long seed) {
        Table<String, String> config = config();
        Battle battle = Battle.of(nodes, 0, seed, isLimited ? config : withoutLimits(config), SignedValue.VALIDATORS);
        battle.put(0, gets, 1);
        KadCrowd crowd = battle.crowd();
        int victim = crowd.add();
        Key own = crowd.contact(victim).key();
        List<PeerId> peers = new ArrayList<>(battle.mint(nodes));
        peers.addAll(battle.mintNear(own, 40, nodes * MINTED_FOR_EACH));
        List<Contact> fellows = new ArrayList<>();
        fellows.addAll(battle.posers(peers, 2, claim, Battle.naming(fellows)));
        crowd.start(
                victim,
                List.of(battle.anyHonest(), crowd.number(fellows.getFirst().peer())));
        crowd.runTo(crowd.now() + 20 * Battle.MINUTE);
        List<Contact> known = crowd.space(victim).table().contacts();
        long bad = known.stream().filter(fellows::contains).count();
        List<Goal> goals = IntStream.range(0, gets)
                .<Goal>mapToObj(i -> new Goal.GetValue(SignedValue.key(i), 0))
                .toList();
        // No more at a time than one caller may have.
        int reached = 0;
        double seconds = 0;
        for (int from = 0; from < gets; from += 25) {
            Rate some = battle.reach(
                    List.of(victim), goals.subList(from, Math.min(gets, from + 25)), done -> Battle.isOf(done, 1));
            reached += some.reached();
            seconds += some.seconds() * some.tries();
        }
        return new Eclipse((double) bad / known.size(), new Rate(gets, reached, seconds / gets));
    }

    /** Adversaries name others where these are not. Honest nodes are looked for; that one is found which is told of where it is, first. */
    static Rate misplaced(int nodes, int percent, int paths, int finds, long seed) {
        Battle battle =
                Battle.of(nodes, percent, seed, config("dht.paths", String.valueOf(paths)), SignedValue.VALIDATORS);
        battle.turn(battle.misplacing());
        List<Integer> honest = battle.honest();
        List<Goal> goals = new ArrayList<>();
        for (int i = 0; i < finds; i++) {
            goals.add(new Goal.FindPeer(battle.crowd()
                    .contact(honest.get((i + honest.size() / 2) % honest.size()))
                    .peer()));
        }
        return battle.reach(
                honest,
                goals,
                done -> done.found() instanceof Goal.Found.Peer(var info, boolean isSure, var _)
                        && isSure
                        && info.addresses()
                                .getFirst()
                                .equals(battle.crowd()
                                        .contact(battle.crowd().number(info.peer()))
                                        .addresses()
                                        .getFirst()));
    }

    /** In place of {@link SignedValue}, where signatures are not looked at. */
    record Gullible() implements Validator {

        static final Validators VALIDATORS = Validators.STANDARD.with(new Gullible());

        @Override
        public String namespace() {
            return new SignedValue().namespace();
        }

        @Override
        public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
            return Optional.empty();
        }

        @Override
        public int better(Bytes key, Bytes one, Bytes other) {
            return new SignedValue().better(key, one, other);
        }
    }

    /** Adversaries answer with a value of a greater number, without its signature. */
    static Rate poison(int nodes, int percent, boolean isJudged, int gets, long seed) {
        Battle battle =
                Battle.of(nodes, percent, seed, config(), isJudged ? SignedValue.VALIDATORS : Gullible.VALIDATORS);
        battle.put(0, nodes, 1);
        battle.turn(battle.forging(key -> ValueRecord.of(
                key, Bytes.of(ByteBuffer.allocate(Long.BYTES).putLong(9).array()))));
        return battle.get(0, nodes, gets, 1);
    }

    /** Adversaries answer with a value that was valid and has been replaced by a better one. */
    static Rate stale(int nodes, int percent, int quorum, int gets, long seed) {
        Battle battle =
                Battle.of(nodes, percent, seed, config("dht.quorum", String.valueOf(quorum)), SignedValue.VALIDATORS);
        battle.put(0, nodes, 1);
        battle.put(0, nodes, 2);
        battle.turn(battle.forging(key -> SignedValue.record(key, 1)));
        return battle.get(0, nodes, gets, 2);
    }

    /** Adversaries answer as late as is just in time. */
    static Rate slow(int nodes, int percent, boolean isPatient, int gets, long seed) {
        Battle battle = Battle.of(
                nodes,
                percent,
                seed,
                isPatient ? config("query.patience", "60000000") : config(),
                SignedValue.VALIDATORS);
        battle.put(0, nodes, 1);
        battle.turn((node, asker, question) -> new Adversary.Reply.Honest(19 * KadCrowd.SECOND / 2));
        return battle.get(0, nodes, gets, 1);
    }

    /**
     * What lies about peers that are not there have done.
     *
     * @param dead how many of all contacts in tables are not there, 0 to 1
     * @param gets how many of the values that were looked for were found
     */
    record Lies(double dead, Rate gets) {}

    /** Adversaries name peers that do not exist, nearer to each key than all that do. */
    static Lies lies(int nodes, int percent, int paths, int gets, long seed) {
        Battle battle =
                Battle.of(nodes, percent, seed, config("dht.paths", String.valueOf(paths)), SignedValue.VALIDATORS);
        battle.put(0, nodes, 1);
        KadCrowd crowd = battle.crowd();
        List<Contact> nobody = new ArrayList<>();
        for (PeerId peer : battle.mint(nodes * MINTED_FOR_EACH)) {
            nobody.add(crowd.contact(crowd.add(peer, battle.rented(200))));
        }
        nobody.sort((one, other) -> one.key().compareTo(other.key()));
        battle.turn(Battle.naming(nobody));
        crowd.runTo(crowd.now() + 20 * Battle.MINUTE);
        return new Lies(CrowdHealth.tables(crowd).dead(), battle.get(0, nodes, gets, 1));
    }

    /**
     * A few peers provide as much as they may, which is as much as all nodes have room for where shares have no limit; then others provide
     * and are looked for.
     */
    static Rate providerFlood(int nodes, boolean isShared, int keys, long seed) {
        int room = 100;
        Battle battle = Battle.of(
                nodes,
                5,
                seed,
                config(
                        "records.maxProviderKeys",
                        String.valueOf(room),
                        "records.maxProviders",
                        String.valueOf(room),
                        "records.maxProvidersOfPeer",
                        isShared ? "5" : String.valueOf(room)),
                SignedValue.VALIDATORS);
        // Three times as many as there is room for: keys do not lie evenly.
        int floods = 3 * room * nodes / 20;
        for (int from = 0; from < floods; from += 500) {
            List<Goal> flood = IntStream.range(from, Math.min(floods, from + 500))
                    .<Goal>mapToObj(i -> new Goal.Provide(multihash(1_000_000 + i)))
                    .toList();
            battle.reach(battle.adversaries(), flood, done -> true);
        }
        List<Goal> provide = IntStream.range(0, keys)
                .<Goal>mapToObj(i -> new Goal.Provide(multihash(i)))
                .toList();
        battle.reach(battle.honest(), provide, done -> true);
        List<Goal> find = IntStream.range(0, keys)
                .<Goal>mapToObj(i -> new Goal.FindProviders(multihash(i), 1))
                .toList();
        return battle.reach(battle.honest().reversed(), find, done -> done.found() instanceof Goal.Found.Providers);
    }

    private static Bytes multihash(int number) {
        return Bytes.of(Multihash.sha256(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array())
                .toBytes());
    }
}
