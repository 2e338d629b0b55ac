package dev.dunlin.archfixture.pure;

/** Touches files. */
final class ReadsFile {
    Object it() {
        return java.nio.file.Path.of("x");
    }
}
