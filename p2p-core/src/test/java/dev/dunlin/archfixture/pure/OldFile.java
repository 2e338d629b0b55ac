package dev.dunlin.archfixture.pure;

/** Touches files by the old interface. */
final class OldFile {
    Object it() {
        return new java.io.File("x");
    }
}
