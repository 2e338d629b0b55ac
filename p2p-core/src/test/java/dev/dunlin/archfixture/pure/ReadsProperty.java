package dev.dunlin.archfixture.pure;

/** Reads the environment. */
final class ReadsProperty {
    Object it() {
        return String.valueOf(System.getProperty("user.name"));
    }
}
