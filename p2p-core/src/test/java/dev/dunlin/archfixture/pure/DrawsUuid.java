package dev.dunlin.archfixture.pure;

/** Draws from a hidden random source. */
final class DrawsUuid {
    Object it() {
        return java.util.UUID.randomUUID();
    }
}
