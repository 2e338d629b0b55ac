package dev.dunlin.dht.query;

import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * One way through the network to the nodes nearest to an id: whom it knows of, by their distance. Each node is in one of the tables.
 *
 * @param heard not asked yet
 * @param asked asked, and patience with them has not ended
 * @param late asked, and silent for longer than patience lasts: others are asked in their places, and what they say still counts
 * @param answered whoever did
 * @param failed whoever did not and will not
 * @param open how many of those asked this path has asked itself
 * @param stalled how many answers in a row named nobody nearer than all known before
 */
public record Path(
        Table<Key, Candidate> heard,
        Table<Key, Candidate> asked,
        Table<Key, Candidate> late,
        Table<Key, Candidate> answered,
        Table<Key, Candidate> failed,
        int open,
        int stalled) {

    static final Path NEW = new Path(Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), 0, 0);

    /** Whether a node at this distance was asked, whatever came of it. */
    boolean isContacted(Key distance) {
        return asked.has(distance) || late.has(distance) || answered.has(distance) || failed.has(distance);
    }

    /** Whether as many have answered as are nearer than all that may still answer. */
    boolean hasConverged(int many) {
        Optional<Key> pending = nearer(first(heard), first(asked));
        int count = 0;
        Iterator<Key> all = answered.keys().iterator();
        while (count < many && all.hasNext()) {
            Key distance = all.next();
            if (pending.isPresent() && distance.compareTo(pending.get()) > 0) {
                return false;
            }
            count++;
        }
        return count == many;
    }

    private static Optional<Key> first(Table<Key, Candidate> table) {
        return table.first().map(Map.Entry::getKey);
    }

    private static Optional<Key> nearer(Optional<Key> one, Optional<Key> other) {
        return one.isEmpty() || other.isPresent() && other.get().compareTo(one.get()) < 0 ? other : one;
    }

    /** Whether it is at its end: near enough, or with nobody left to ask or to wait for. */
    boolean isOver(Terms terms, boolean waitsForAll) {
        boolean isExhausted =
                heard.isEmpty() && asked.isEmpty() && (late.isEmpty() || !waitsForAll && !answered.isEmpty());
        if (isExhausted) {
            return true;
        }
        return hasConverged(
                switch (terms.ends()) {
                    case Terms.Termination.Closest() -> terms.wanted();
                    case Terms.Termination.Nearest(int beta, boolean followUp) ->
                        followUp ? terms.wanted() + missing(terms) / 2 : beta;
                });
    }

    /** How many of those it asked have not answered, and will hardly do so; as many as are wanted at most. */
    private int missing(Terms terms) {
        return Math.min(failed.size() + late.size(), terms.wanted());
    }

    /** How many it may have asked at the same time: its share of the lookup's. */
    int width(Terms terms) {
        boolean isWide = terms.widens() && stalled >= terms.width()
                || terms.ends() instanceof Terms.Termination.Nearest(int beta, boolean followUp)
                        && followUp
                        && hasConverged(beta);
        return Math.ceilDiv(isWide ? Math.max(terms.wanted(), terms.width()) : terms.width(), terms.paths());
    }

    /** The nearest not asked yet, if it may come to be among the wanted: not if as many nearer ones may still answer, with some to spare. */
    Optional<Map.Entry<Key, Candidate>> next(Terms terms) {
        int most = terms.wanted() + missing(terms);
        return heard.first().filter(entry -> countNearer(entry.getKey(), most) < most);
    }

    /** How many that were asked, and not in vain so far, are nearer than a distance; counted up to a number. */
    private int countNearer(Key distance, int most) {
        int count = 0;
        Iterator<Key> all = asked.keys().iterator();
        while (count < most && all.hasNext() && all.next().compareTo(distance) < 0) {
            count++;
        }
        all = answered.keys().iterator();
        while (count < most && all.hasNext() && all.next().compareTo(distance) < 0) {
            count++;
        }
        return count;
    }

    /** With one that is asked now, by this path itself or by another. */
    Path ask(Key distance, boolean byItself) {
        Candidate candidate = heard.at(distance);
        return new Path(
                heard.without(distance),
                asked.with(distance, candidate),
                late,
                answered,
                failed,
                open + (byItself ? 1 : 0),
                stalled);
    }

    /** With one that patience has ended with. */
    Path outwait(Key distance, boolean byItself) {
        return asked.find(distance)
                .map(candidate -> new Path(
                        heard,
                        asked.without(distance),
                        late.with(distance, candidate),
                        answered,
                        failed,
                        open - (byItself ? 1 : 0),
                        stalled))
                .orElse(this);
    }

    /** With one that has answered. */
    Path answer(Key distance, boolean byItself) {
        return ended(distance, byItself, true);
    }

    /** With one that will not answer. */
    Path fail(Key distance, boolean byItself) {
        return ended(distance, byItself, false);
    }

    private Path ended(Key distance, boolean byItself, boolean hasAnswered) {
        return contacted(distance)
                .map(candidate -> new Path(
                        heard.without(distance),
                        asked.without(distance),
                        late.without(distance),
                        hasAnswered ? answered.with(distance, candidate) : answered,
                        hasAnswered ? failed : failed.with(distance, candidate),
                        open - (byItself && asked.has(distance) ? 1 : 0),
                        stalled))
                .orElse(this);
    }

    private Optional<Candidate> contacted(Key distance) {
        return asked.find(distance).or(() -> late.find(distance)).or(() -> heard.find(distance));
    }

    /**
     * With those that an answer named.
     *
     * @param named by distance
     * @param most how many may wait to be asked: the farthest are dropped
     */
    Path hear(Table<Key, Candidate> named, int most) {
        Optional<Key> nearest = nearest();
        Table<Key, Candidate> more = heard;
        for (Map.Entry<Key, Candidate> each : named) {
            Key distance = each.getKey();
            if (!isContacted(distance)) {
                // Who names it first may lie about where it is.
                Candidate candidate = more.find(distance)
                        .map(known -> known.alsoAt(each.getValue().contact().addresses()))
                        .orElse(each.getValue());
                more = more.with(distance, candidate);
            }
        }
        while (more.size() > most) {
            more = more.without(more.last().orElseThrow().getKey());
        }
        boolean comesNearer = first(more)
                .filter(heardFirst -> nearest.isEmpty() || heardFirst.compareTo(nearest.get()) < 0)
                .isPresent();
        return new Path(
                more, asked, late, answered, failed, open, comesNearer ? 0 : Math.min(stalled + 1, Terms.MOST_WANTED));
    }

    /** The nearest of all that it knows of. */
    private Optional<Key> nearest() {
        Optional<Key> asking = nearer(first(heard), nearer(first(asked), first(late)));
        return nearer(asking, nearer(first(answered), first(failed)));
    }
}
