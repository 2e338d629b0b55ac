package dev.dunlin.archfixture.pure;

/** Runs in parallel. */
final class RunsInParallel {
    Object it() {
        return java.util.List.of(1).parallelStream();
    }
}
