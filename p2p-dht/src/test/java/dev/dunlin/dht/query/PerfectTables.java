package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network in which each node has a perfect routing table: of each bucket as many uniform members of that part of the id space as it
 * holds. Tables are derived when they are looked at, by a hash of the node and the bucket, so a million nodes take eight megabytes.
 */
final class PerfectTables {

    /** Kademlia's k. */
    static final int BUCKET = 20;

    private static final List<Multiaddr> ADDRESS = List.of(Multiaddr.parse("/ip4/8.8.8.8/tcp/4001"));
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long[] ids;
    private final long seed;
    private final int deadPercent;

    /**
     * A network.
     *
     * @param nodes how many
     * @param deadPercent how many of a hundred do not answer, and are in the tables all the same
     */
    PerfectTables(int nodes, int deadPercent, long seed) {
        this.seed = seed;
        this.deadPercent = deadPercent;
        ids = new SplittableRandom(seed).longs(nodes).toArray();
        // Sorted as unsigned numbers.
        for (int i = 0; i < nodes; i++) {
            ids[i] ^= Long.MIN_VALUE;
        }
        Arrays.sort(ids);
        for (int i = 0; i < nodes; i++) {
            ids[i] ^= Long.MIN_VALUE;
        }
    }

    int size() {
        return ids.length;
    }

    boolean isDead(int node) {
        return (mix(ids[node] ^ ~seed) >>> 1) % 100 < deadPercent;
    }

    /** The first 64 bits of an id tell nodes apart; the others are equal. */
    static Key key(long id) {
        return new Key(id, 0, 0, 0);
    }

    Contact contact(int node) {
        byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(node).array();
        return new Contact(key(ids[node]), PeerId.of(Multihash.identity(number)), ADDRESS);
    }

    int node(Contact contact) {
        return ByteBuffer.wrap(contact.peer().multihash().digest().toArray()).getInt();
    }

    /** Whom a node names as the nearest to an id, of those in its table. */
    List<Contact> nearest(int node, long target) {
        List<Integer> found = new ArrayList<>();
        int shared = Long.numberOfLeadingZeros(ids[node] ^ target);
        if (shared < Long.SIZE) {
            found.addAll(bucket(node, shared));
        }
        if (found.size() < BUCKET) {
            for (int at = shared + 1; at < Long.SIZE && count(ids[node], at) > 1; at++) {
                found.addAll(bucket(node, at));
            }
        }
        for (int at = Math.min(shared, Long.SIZE) - 1; at >= 0 && found.size() < BUCKET; at--) {
            found.addAll(bucket(node, at));
        }
        found.sort((one, other) -> Long.compareUnsigned(ids[one] ^ target, ids[other] ^ target));
        return found.subList(0, Math.min(BUCKET, found.size())).stream()
                .map(this::contact)
                .toList();
    }

    /** The nodes nearest to an id in the whole network, dead ones left out. */
    List<Integer> trulyNearest(long target, int most) {
        int bits = Long.SIZE;
        // The smallest part of the id space around the target that has enough.
        while (bits > 0 && live(target, bits).size() < most) {
            bits--;
        }
        List<Integer> near = live(target, bits);
        near.sort((one, other) -> Long.compareUnsigned(ids[one] ^ target, ids[other] ^ target));
        return near.subList(0, Math.min(most, near.size()));
    }

    private List<Integer> live(long target, int bits) {
        List<Integer> live = new ArrayList<>();
        int from = first(target, bits);
        for (int i = from; i < from + count(target, bits); i++) {
            if (!isDead(i)) {
                live.add(i);
            }
        }
        return live;
    }

    private List<Integer> bucket(int node, int shared) {
        long prefix = ids[node] ^ 1L << Long.SIZE - 1 - shared;
        int from = first(prefix, shared + 1);
        int members = count(prefix, shared + 1);
        List<Integer> bucket = new ArrayList<>();
        if (members <= BUCKET) {
            for (int i = 0; i < members; i++) {
                bucket.add(from + i);
            }
            return bucket;
        }
        SplittableRandom random = new SplittableRandom(mix(ids[node] + GOLDEN * shared + seed));
        while (bucket.size() < BUCKET) {
            int drawn = from + random.nextInt(members);
            if (!bucket.contains(drawn)) {
                bucket.add(drawn);
            }
        }
        return bucket;
    }

    /** The first node whose id begins with these bits, or where it would be. */
    private int first(long prefix, int bits) {
        long least = bits == 0 ? 0 : prefix & -1L << Long.SIZE - bits;
        int low = 0;
        int high = ids.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Long.compareUnsigned(ids[middle], least) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int count(long prefix, int bits) {
        if (bits == 0) {
            return ids.length;
        }
        long step = 1L << Long.SIZE - bits;
        long next = (prefix & -1L << Long.SIZE - bits) + step;
        return (next == 0 ? ids.length : first(next, Long.SIZE)) - first(prefix, bits);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
