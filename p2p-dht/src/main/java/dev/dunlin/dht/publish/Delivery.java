package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys that are being stored with the nodes nearest to them, some hundred keys at a time. A node is told of one key after the other, so that
 * one stream to it is enough.
 *
 * @param servers the nodes, by their ids
 * @param batch the keys that are being stored
 * @param asks who is being told of what, by the number of the question
 */
record Delivery(Table<Key, Server> servers, Table<Key, Copies> batch, Table<Long, Asked> asks) {

    /** The most keys of a batch: what is to be done again after a boot. */
    static final int MOST_KEYS = 256;

    /** A node that has failed so often in a row is told of nothing more. */
    static final int MOST_MISSES = 3;

    /**
     * A node that is told of keys.
     *
     * @param next from which key on it is told of those of the batch that are its; empty if it was told of all
     * @param isAsked whether it is being told of one
     * @param misses how often in a row it has failed
     * @param isGone whether it is told of nothing more
     */
    record Server(Contact contact, Optional<Key> next, boolean isAsked, int misses, boolean isGone) {

        boolean isReady() {
            return next.isPresent() && !isAsked && !isGone;
        }
    }

    /**
     * How a key is being stored.
     *
     * @param reach how far the farthest of the nodes is away that are to store it
     * @param stored how many have
     */
    record Copies(Key reach, int stored) {}

    /** A node that is told of a key. */
    record Asked(Key server, Key key) {}

    static Delivery to(Table<Key, Contact> found) {
        Table<Key, Server> servers = Table.empty();
        for (Map.Entry<Key, Contact> each : found) {
            servers = servers.with(each.getKey(), new Server(each.getValue(), Optional.empty(), false, 0, false));
        }
        return new Delivery(servers, Table.empty(), Table.empty());
    }

    /**
     * With the next batch, of which nobody is told yet; who is gone has no part in it.
     *
     * @param next the keys, at least one
     * @param copies how many nodes are to store each
     */
    Delivery with(List<Key> next, int copies) {
        Table<Key, Server> left = Table.empty();
        for (Map.Entry<Key, Server> each : servers) {
            Server server = each.getValue();
            if (!server.isGone()) {
                left = left.with(
                        each.getKey(),
                        new Server(server.contact(), Optional.of(next.getFirst()), false, server.misses(), false));
            }
        }
        Table<Key, Copies> keysNow = Table.empty();
        for (Key key : next) {
            keysNow = keysNow.with(key, new Copies(reach(key, left, copies), 0));
        }
        return new Delivery(left, keysNow, asks);
    }

    /** How far the farthest of the nearest nodes is away. */
    static Key reach(Key key, Table<Key, Server> servers, int copies) {
        Key[] distances = new Key[servers.size()];
        int count = 0;
        for (Key server : servers.keys()) {
            distances[count++] = key.distance(server);
        }
        Arrays.sort(distances);
        return count == 0 ? Key.ZERO : distances[Math.min(copies, count) - 1];
    }

    /** How many of these nodes are left. */
    int left() {
        int left = 0;
        for (Server server : servers.values()) {
            left += server.isGone() ? 0 : 1;
        }
        return left;
    }

    /**
     * With a node at the next of its keys from where it stands; at none, if no other of the batch is its.
     *
     * @param kept what is still kept published: the rest is passed over
     */
    Delivery moved(Key at, Table<Key, Bytes> kept) {
        Server server = servers.at(at);
        Optional<Key> next = Optional.empty();
        if (server.next().isPresent()) {
            Iterator<Map.Entry<Key, Copies>> from =
                    batch.from(server.next().get()).iterator();
            while (next.isEmpty() && from.hasNext()) {
                Map.Entry<Key, Copies> each = from.next();
                Key key = each.getKey();
                boolean isIts = key.distance(at).compareTo(each.getValue().reach()) <= 0;
                next = isIts && kept.has(key) ? Optional.of(key) : Optional.empty();
            }
        }
        return with(at, new Server(server.contact(), next, server.isAsked(), server.misses(), server.isGone()));
    }

    private Optional<Key> behind(Key key) {
        Iterator<Map.Entry<Key, Copies>> from = batch.from(key).iterator();
        from.next();
        return from.hasNext() ? Optional.of(from.next().getKey()) : Optional.empty();
    }

    /** With a node that is told of the key at which it stands. */
    Delivery asked(long number, Key at) {
        Server server = servers.at(at);
        Key key = server.next().orElseThrow();
        Server telling = new Server(server.contact(), behind(key), true, server.misses(), server.isGone());
        return new Delivery(servers.with(at, telling), batch, asks.with(number, new Asked(at, key)));
    }

    /** With a key that a node has stored. */
    Delivery stored(long number) {
        Asked asked = asks.at(number);
        Server server = servers.at(asked.server());
        Copies copies = batch.at(asked.key());
        return new Delivery(
                servers.with(asked.server(), new Server(server.contact(), server.next(), false, 0, server.isGone())),
                batch.with(asked.key(), new Copies(copies.reach(), copies.stored() + 1)),
                asks.without(number));
    }

    /**
     * With a key that a node has not stored.
     *
     * @param isGone whether it will store no other either
     */
    Delivery missed(long number, boolean isGone) {
        Asked asked = asks.at(number);
        Server server = servers.at(asked.server());
        int misses = server.misses() + 1;
        return new Delivery(
                servers.with(
                        asked.server(),
                        new Server(server.contact(), server.next(), false, misses, isGone || misses >= MOST_MISSES)),
                batch,
                asks.without(number));
    }

    private Delivery with(Key at, Server server) {
        return new Delivery(servers.with(at, server), batch, asks);
    }
}
