package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The digests of some entries, added lane by lane, and their sizes.
 *
 * @param words the size of their content in 8-byte words
 */
record Sum(long high, long low, long words) {

    static final Sum ZERO = new Sum(0, 0, 0);

    /** The digest of one entry. */
    static Sum of(Object key, Object value, Hasher with) {
        with.reset();
        Content.feed(key, with);
        Content.feed(value, with);
        Digest digest = with.finish();
        return new Sum(digest.high(), digest.low(), with.words());
    }

    /** Adds up. */
    static final class Adder {
        private final boolean remembers;
        private final Hasher hasher;
        private long high;
        private long low;
        private long words;

        /**
         * Starts at nothing.
         *
         * @param remembers whether entries keep their digests
         */
        Adder(boolean remembers) {
            this.remembers = remembers;
            this.hasher = new Hasher(remembers);
        }

        void add(Sum sum, int times) {
            high += times * sum.high;
            low += times * sum.low;
            words += times * sum.words;
        }

        void add(@Nullable Entry<?, ?> entry, int times) {
            if (entry != null) {
                add(remembers ? entry.sum(hasher) : of(entry.key, entry.value, hasher), times);
            }
        }

        void add(Object key, Object value) {
            add(of(key, value, hasher), 1);
        }

        Sum sum() {
            return new Sum(high, low, words);
        }
    }
}
