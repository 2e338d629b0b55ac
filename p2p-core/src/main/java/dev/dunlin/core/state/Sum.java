package dev.dunlin.core.state;

/**
 * The digests of some entries, added lane by lane, and their sizes.
 *
 * @param words the size of their content in 8-byte words
 */
record Sum(long high, long low, long words) {

    /** Adds up. */
    static final class Adder {
        private final Hasher hasher;
        private long high;
        private long low;
        private long words;

        /**
         * Starts at nothing.
         *
         * @param remembers whether tables inside the values may remember their digests
         */
        Adder(boolean remembers) {
            this.hasher = new Hasher(remembers);
        }

        void add(Sum sum) {
            high += sum.high;
            low += sum.low;
            words += sum.words;
        }

        void add(Object key, Object value) {
            count(key, value, 1);
        }

        void remove(Object key, Object value) {
            count(key, value, -1);
        }

        private void count(Object key, Object value, int times) {
            hasher.reset();
            Content.feed(key, hasher);
            Content.feed(value, hasher);
            Digest digest = hasher.finish();
            high += times * digest.high();
            low += times * digest.low();
            words += times * hasher.words();
        }

        Sum sum() {
            return new Sum(high, low, words);
        }
    }
}
