package dev.dunlin.archfixture.pure;

/** Draws from a hidden random source. */
final class DrawsMath {
    Object it() {
        return Math.random();
    }
}
