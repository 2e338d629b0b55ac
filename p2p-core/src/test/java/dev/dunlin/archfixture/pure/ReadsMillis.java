package dev.dunlin.archfixture.pure;

/** Reads the clock. */
final class ReadsMillis {
    Object it() {
        return System.currentTimeMillis();
    }
}
