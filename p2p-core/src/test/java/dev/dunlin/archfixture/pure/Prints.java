package dev.dunlin.archfixture.pure;

/** Prints. */
final class Prints {
    Object it() {
        return System.out;
    }
}
