package dev.dunlin.dht.routing;

import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How many nodes a network has, as it can be told from how near the nearest nodes to some ids are: of n nodes the i-th nearest lies at
 * about i / (n + 1) of the greatest distance. Each lookup for a key anywhere gives the slope of the line through the origin that fits its distances best; the
 * average of the last of them is taken (libp2p/notes#15; go-libp2p-kad-dht netsize).
 *
 * @param slopes of the last lookups, the oldest first, at most {@value #MOST}
 */
public record NetworkSize(List<Double> slopes) {

    /** The most lookups that are remembered. */
    static final int MOST = 32;

    /** The fewest lookups that tell something: the error of one is about 30 percent, that of this many 13. */
    static final int FEWEST = 5;

    static final NetworkSize UNKNOWN = new NetworkSize(List.of());

    /** Copies the list. */
    public NetworkSize {
        slopes = List.copyOf(slopes);
    }

    /**
     * With a lookup.
     *
     * @param closest the nearest nodes to the target, the nearest first; fewer than were wanted tell nothing
     */
    NetworkSize with(Key target, List<Contact> closest, int wanted) {
        if (closest.size() < wanted) {
            return this;
        }
        double products = 0;
        double squares = 0;
        for (int i = 1; i <= wanted; i++) {
            products += i * target.distance(closest.get(i - 1).key()).fraction();
            squares += (double) i * i;
        }
        List<Double> more = new ArrayList<>(slopes);
        more.add(products / squares);
        return new NetworkSize(more.subList(Math.max(0, more.size() - MOST), more.size()));
    }

    /** How many nodes there are; empty while too little is known. */
    public OptionalDouble estimate() {
        if (slopes.size() < FEWEST) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (double slope : slopes) {
            sum += slope;
        }
        return sum > 0 ? OptionalDouble.of(slopes.size() / sum - 1) : OptionalDouble.empty();
    }
}
