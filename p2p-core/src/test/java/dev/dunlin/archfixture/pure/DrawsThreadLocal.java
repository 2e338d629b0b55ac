package dev.dunlin.archfixture.pure;

/** Draws from a random source. */
final class DrawsThreadLocal {
    Object it() {
        return java.util.concurrent.ThreadLocalRandom.current();
    }
}
