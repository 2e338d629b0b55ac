package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Entry;
import dev.dunlin.core.state.Tree.Node;
import org.jspecify.annotations.Nullable;

/**
 * What a table's digest is made of: known, or what changed since the version before. Does not hold the trees of earlier
 * versions. Any thread may ask, and races cost work, never truth: {@code before} is forgotten only after {@code sum} is
 * known, and who sees neither sums up all entries.
 */
final class Version {
    private @Nullable Sum sum;
    private @Nullable Version before;
    private final @Nullable Entry<?, ?> gone;
    private final @Nullable Entry<?, ?> come;
    private final int changes;

    Version(Sum sum) {
        this(sum, null, null, null, 0);
    }

    private Version(
            @Nullable Sum sum,
            @Nullable Version before,
            @Nullable Entry<?, ?> gone,
            @Nullable Entry<?, ?> come,
            int changes) {
        this.sum = sum;
        this.before = before;
        this.gone = gone;
        this.come = come;
        this.changes = changes;
    }

    /**
     * The version after one change.
     *
     * @param size how many entries the table has then: to sum them all up is less work than to follow more changes
     */
    Version next(@Nullable Entry<?, ?> less, @Nullable Entry<?, ?> more, int size) {
        if (sum != null) {
            return new Version(null, this, less, more, 1);
        }
        boolean forgets = before == null || changes >= Math.min(size, Table.MAX_CHANGES);
        return forgets ? new Version(null, null, null, null, 0) : new Version(null, this, less, more, changes + 1);
    }

    <K, V> Sum sum(@Nullable Node<K, V> root) {
        Sum known = sum;
        if (known == null) {
            Adder adder = new Adder();
            known = since(adder) ? adder.sum() : all(root);
            sum = known;
            before = null;
        }
        return known;
    }

    /** Adds up what changed since a version whose sum is known; false if there is none. */
    private boolean since(Adder adder) {
        Version at = this;
        // An entry that came and went in between is never digested.
        Entry<?, ?> gone = null;
        while (true) {
            Version earlier = at.before;
            Sum known = at.sum;
            if (known != null) {
                adder.add(known, 1);
                adder.add(gone, -1);
                return true;
            }
            if (earlier == null) {
                return false;
            }
            if (at.come == null || at.come != gone) {
                adder.add(gone, -1);
                adder.add(at.come, 1);
            }
            gone = at.gone;
            at = earlier;
        }
    }

    private static <K, V> Sum all(@Nullable Node<K, V> root) {
        Adder adder = new Adder();
        all(root, adder);
        return adder.sum();
    }

    private static <K, V> void all(@Nullable Node<K, V> node, Adder adder) {
        if (node != null) {
            all(node.left, adder);
            adder.add(node.entry.sum(), 1);
            all(node.right, adder);
        }
    }

    /** The digests of some entries, added lane by lane, and their sizes in 8-byte words. */
    record Sum(long high, long low, long words) {
        static final Sum ZERO = new Sum(0, 0, 0);
    }

    private static final class Adder {
        private long high;
        private long low;
        private long words;

        void add(@Nullable Entry<?, ?> entry, int times) {
            if (entry != null) {
                add(entry.sum(), times);
            }
        }

        void add(Sum sum, int times) {
            high += times * sum.high;
            low += times * sum.low;
            words += times * sum.words;
        }

        Sum sum() {
            return new Sum(high, low, words);
        }
    }
}
