package dev.dunlin.archfixture.pure;

/** Starts a thread. */
final class StartsThread {
    Object it() {
        return new Thread(() -> {});
    }
}
