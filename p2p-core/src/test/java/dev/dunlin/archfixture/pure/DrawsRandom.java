package dev.dunlin.archfixture.pure;

/** Draws from a random source. */
final class DrawsRandom {
    Object it() {
        return new java.util.Random(1);
    }
}
