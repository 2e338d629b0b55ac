package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Bucket.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Whom a node knows: for each number of leading bits that an id may share with its own, a bucket of nodes whose ids do (Maymounkov and
 * Mazières 2002, 2.2). So it knows many of those near to it, and some of each part of the network.
 *
 * <p>A bucket that is full takes a new node only in the place of one that was of no use for some time. A table that is full takes one
 * also in the place of one of its largest bucket, where that has more than the bucket of the new one: most nodes of a network are far
 * from a node, and would leave no room for those near to it. Of each IP network only some nodes enter: what counts is where a node has
 * answered from, not what is said of it. Immutable.
 *
 * @param self the own id
 * @param buckets by the number of shared bits; those without a node are left out
 * @param size how many nodes are in them
 */
public record RoutingTable(Key self, TableLimits limits, Table<Integer, Bucket> buckets, int size) {

    /** Why a node may not enter. */
    public enum Refusal {
        /** It is this node itself. */
        SELF,
        /** It is there already. */
        PRESENT,
        /** It has no address. */
        NO_ADDRESS,
        /** Its bucket is full, and all in it were of use lately. */
        BUCKET_FULL,
        /** The table is full. */
        TABLE_FULL,
        /** As many nodes of its network are in its bucket as may. */
        BUCKET_NETWORK,
        /** As many nodes of its network are in the table as may. */
        TABLE_NETWORK
    }

    /** A table without nodes. */
    public static RoutingTable of(Key self, TableLimits limits) {
        return new RoutingTable(self, limits, Table.empty(), 0);
    }

    /** The bucket that an id belongs to, 0 to 255; 256 for the own one. */
    public int bucketOf(Key key) {
        return self.commonPrefix(key);
    }

    /** The bucket of a number of shared bits. */
    public Bucket bucket(int commonPrefix) {
        return buckets.or(commonPrefix, Bucket.EMPTY);
    }

    /** The place of a node, wherever it is reached. */
    public Optional<Entry> find(Contact contact) {
        return bucket(bucketOf(contact.key())).find(contact.peer());
    }

    /** Whether a node is there, wherever it is reached. */
    public boolean has(Contact contact) {
        return find(contact).isPresent();
    }

    /** All nodes, the farthest bucket first. */
    public List<Contact> contacts() {
        List<Contact> all = new ArrayList<>(size);
        for (Bucket bucket : buckets.values()) {
            bucket.entries().forEach(entry -> all.add(entry.contact()));
        }
        return all;
    }

    /** The deepest bucket that has nodes; -1 if none has. */
    public int deepest() {
        return buckets.last().map(Map.Entry::getKey).orElse(-1);
    }

    /** Of whom a new node takes the place. */
    private record Leaving(int bucket, Entry entry) {}

    /**
     * Why a node may not enter now; empty if it may.
     *
     * @param from where it has answered from; if that is not known, one of the networks that it says it is in has to have room
     */
    public Optional<Refusal> refusal(Contact contact, Optional<Multiaddr> from, long now) {
        int at = bucketOf(contact.key());
        if (at == Key.BITS) {
            return Optional.of(Refusal.SELF);
        }
        Bucket bucket = bucket(at);
        if (bucket.find(contact.peer()).isPresent()) {
            return Optional.of(Refusal.PRESENT);
        }
        if (contact.addresses().isEmpty()) {
            return Optional.of(Refusal.NO_ADDRESS);
        }
        Optional<Leaving> leaving = leaving(at, now);
        if (leaving.isEmpty() && bucket.size() >= limits.bucketSize()) {
            return Optional.of(Refusal.BUCKET_FULL);
        }
        if (leaving.isEmpty() && size >= limits.contacts()) {
            return Optional.of(Refusal.TABLE_FULL);
        }
        if (from.isPresent()) {
            return networkRefusal(Networks.of(from.get()), at, leaving);
        }
        Optional<Refusal> refusal = Optional.empty();
        for (int network : Networks.of(contact.addresses())) {
            refusal = networkRefusal(network, at, leaving);
            if (refusal.isEmpty()) {
                return refusal;
            }
        }
        return refusal;
    }

    /** Who gives way to a new one: nobody while there is room. */
    private Optional<Leaving> leaving(int at, long now) {
        Bucket bucket = bucket(at);
        boolean isFull = bucket.size() >= limits.bucketSize();
        if (!isFull && size < limits.contacts()) {
            return Optional.empty();
        }
        Optional<Leaving> stale = bucket.stale(now - limits.grace()).map(entry -> new Leaving(at, entry));
        return isFull || stale.isPresent() ? stale : ofTheLargest(bucket.size() + 2);
    }

    /** Who was of no use for longest in the largest bucket, if that has so many; of equals the farthest one's. */
    private Optional<Leaving> ofTheLargest(int least) {
        int largest = -1;
        int most = least - 1;
        for (Map.Entry<Integer, Bucket> each : buckets) {
            if (each.getValue().size() > most) {
                largest = each.getKey();
                most = each.getValue().size();
            }
        }
        int at = largest;
        return at < 0 ? Optional.empty() : bucket(at).stale(Long.MAX_VALUE).map(entry -> new Leaving(at, entry));
    }

    private Optional<Refusal> networkRefusal(int network, int at, Optional<Leaving> leaving) {
        if (network == Networks.NONE) {
            return Optional.empty();
        }
        int gone = 0;
        int goneNear = 0;
        if (leaving.isPresent() && leaving.get().entry().network() == network) {
            gone = 1;
            goneNear = leaving.get().bucket() == at ? 1 : 0;
        }
        if (limits.bucketNetwork() > 0 && bucket(at).inNetwork(network) - goneNear >= limits.bucketNetwork()) {
            return Optional.of(Refusal.BUCKET_NETWORK);
        }
        return limits.tableNetwork() > 0 && inNetwork(network) - gone >= limits.tableNetwork()
                ? Optional.of(Refusal.TABLE_NETWORK)
                : Optional.empty();
    }

    private int inNetwork(int network) {
        int count = 0;
        for (Bucket bucket : buckets.values()) {
            count += bucket.inNetwork(network);
        }
        return count;
    }

    /**
     * With a node that {@link #refusal} does not refuse; in the place of another where there is no room.
     *
     * @param from where it has answered from; if that is not known, it is taken for one of the first of its networks that has room
     * @param now the node's time, microseconds: since when it is there and of use
     * @param check when somebody is to look whether it is still there
     */
    public RoutingTable with(Contact contact, Optional<Multiaddr> from, long now, long check) {
        int at = bucketOf(contact.key());
        Optional<Leaving> gone = leaving(at, now);
        RoutingTable room =
                gone.map(leaving -> without(leaving.entry().contact())).orElse(this);
        int network = from.map(Networks::of)
                .orElseGet(() -> Arrays.stream(Networks.of(contact.addresses()))
                        .filter(each -> networkRefusal(each, at, gone).isEmpty())
                        .findFirst()
                        .orElse(Networks.NONE));
        return room.put(at, room.bucket(at).with(new Entry(contact, now, now, check, network)), 1);
    }

    /** Who would leave if a node entered that {@link #refusal} does not refuse; empty while there is room. */
    public Optional<Contact> replacedBy(Contact contact, long now) {
        return leaving(bucketOf(contact.key()), now)
                .map(leaving -> leaving.entry().contact());
    }

    /** Without a node, wherever it is reached. */
    public RoutingTable without(Contact contact) {
        int at = bucketOf(contact.key());
        Bucket bucket = bucket(at);
        return bucket.find(contact.peer()).isEmpty() ? this : put(at, bucket.without(contact.peer()), -1);
    }

    /**
     * With a node that was of use now; the same if it is not there. One that answers from a network that has its share stays as one of the
     * network that it was of: somebody between may have passed its answer on, and is not to drive it out.
     *
     * @param from where it has answered from, if that is known
     * @param check when somebody is to look whether it is still there
     */
    public RoutingTable useful(Contact contact, Optional<Multiaddr> from, long now, long check) {
        int at = bucketOf(contact.key());
        return changed(
                contact,
                entry -> entry.usedAt(
                        now,
                        check,
                        from.map(Networks::of)
                                .filter(network -> network != entry.network()
                                        && networkRefusal(network, at, Optional.of(new Leaving(at, entry)))
                                                .isEmpty())
                                .orElse(entry.network())));
    }

    /** With another time at which somebody is to look whether a node is still there; the same if it is not in the table. */
    public RoutingTable checked(Contact contact, long check) {
        return changed(contact, entry -> entry.checkedAt(check));
    }

    private RoutingTable changed(Contact contact, UnaryOperator<Entry> change) {
        int at = bucketOf(contact.key());
        Bucket bucket = bucket(at);
        return bucket.find(contact.peer())
                .map(entry -> put(at, bucket.replaced(change.apply(entry)), 0))
                .orElse(this);
    }

    /** When the first of the nodes is to be looked after, microseconds of the node's time. */
    public long nextCheck() {
        return buckets.nextDue();
    }

    /** Whether another than this node has been of use since a time. */
    public boolean isOtherUsefulSince(long time, Contact than) {
        for (Bucket bucket : buckets.values()) {
            for (Entry entry : bucket.entries()) {
                if (entry.useful() >= time && !entry.contact().peer().equals(than.peer())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The nodes that are to be looked after by now, the nearest first: there are fewest others who know them. */
    public List<Contact> toCheck(long now, int most) {
        if (nextCheck() > now) {
            return List.of();
        }
        List<Contact> due = new ArrayList<>();
        for (Map.Entry<Integer, Bucket> each : buckets.descending()) {
            for (Entry entry : each.getValue().entries()) {
                if (entry.check() <= now && due.size() < most) {
                    due.add(entry.contact());
                }
            }
        }
        return due;
    }

    /** With a node at its addresses of now, if it is there and they are others. */
    public RoutingTable moved(Contact contact) {
        boolean isMoved = !contact.addresses().isEmpty()
                && find(contact)
                        .filter(was -> !was.contact().addresses().equals(contact.addresses()))
                        .isPresent();
        return isMoved ? changed(contact, entry -> entry.at(contact)) : this;
    }

    /** These nodes under other limits: where there is no room for all, those stay that were of use last. */
    public RoutingTable limited(TableLimits other) {
        List<Entry> all = new ArrayList<>(size);
        buckets.values().forEach(bucket -> all.addAll(bucket.entries()));
        all.sort(Comparator.comparingLong(Entry::useful).reversed());
        RoutingTable fitting = of(self, other);
        for (Entry entry : all) {
            int at = bucketOf(entry.contact().key());
            Bucket bucket = fitting.bucket(at);
            if (bucket.size() < other.bucketSize()
                    && fitting.size() < other.contacts()
                    && fitting.networkRefusal(entry.network(), at, Optional.empty())
                            .isEmpty()) {
                fitting = fitting.put(at, bucket.with(entry), 1);
            }
        }
        return fitting;
    }

    private RoutingTable put(int at, Bucket bucket, int more) {
        Table<Integer, Bucket> changed = bucket.size() == 0 ? buckets.without(at) : buckets.with(at, bucket);
        return new RoutingTable(self, limits, changed, size + more);
    }

    /**
     * The nodes that are nearest to an id, the nearest first: fewer than asked for only if there are no more.
     *
     * @param most how many, at least 0
     */
    public List<Contact> nearest(Key target, int most) {
        int wanted = Math.min(most, size);
        if (wanted == 0) {
            return List.of();
        }
        Nearest nearest = new Nearest(target, wanted);
        int shared = bucketOf(target);
        int deepest = deepest();
        // What is in the target's own bucket is nearer to it than all below; what is below, which shares more with this
        // node than the
        // target does, all differs from the target in the same bit; and each bucket above is farther away than the one
        // before it.
        if (shared <= deepest) {
            nearest.add(bucket(shared));
            if (!nearest.isFull()) {
                for (int at = shared + 1; at <= deepest; at++) {
                    nearest.add(bucket(at));
                }
            }
        }
        for (int at = Math.min(shared - 1, deepest); at >= 0 && !nearest.isFull(); at--) {
            nearest.add(bucket(at));
        }
        return nearest.found();
    }

    /** The nearest of those that were added, in order. Most are told apart by 64 bits, which stand together. */
    private static final class Nearest {
        private final Key target;
        private final Contact[] found;

        /** The first 64 bits of their distances, such that the order of the numbers is that of the distances. */
        private final long[] distances;

        private int size;

        Nearest(Key target, int most) {
            this.target = target;
            this.found = new Contact[most];
            this.distances = new long[most];
        }

        boolean isFull() {
            return size == found.length;
        }

        void add(Bucket bucket) {
            List<Entry> entries = bucket.entries();
            for (int i = 0; i < entries.size(); i++) {
                add(entries.get(i).contact());
            }
        }

        private void add(Contact contact) {
            long distance = contact.key().a() ^ target.a() ^ Long.MIN_VALUE;
            int place = size;
            if (isFull()) {
                place--;
                if (!isNearer(contact, distance, place)) {
                    return;
                }
            } else {
                size++;
            }
            while (place > 0 && isNearer(contact, distance, place - 1)) {
                found[place] = found[place - 1];
                distances[place] = distances[place - 1];
                place--;
            }
            found[place] = contact;
            distances[place] = distance;
        }

        private boolean isNearer(Contact contact, long distance, int than) {
            return distance == distances[than]
                    ? target.compareDistances(contact.key(), found[than].key()) < 0
                    : distance < distances[than];
        }

        List<Contact> found() {
            return Collections.unmodifiableList(Arrays.asList(found));
        }
    }
}
