package dev.dunlin.archfixture.pure;

/** Reads the clock. */
final class ReadsNanos {
    Object it() {
        return System.nanoTime();
    }
}
