package dev.dunlin.archfixture.pure;

/** Reads the clock. */
final class ReadsInstant {
    Object it() {
        return java.time.Instant.now();
    }
}
