package dev.dunlin.node.config;

import java.nio.file.Path;

/** Where a value came from. */
public sealed interface Origin {

    /** An option of the command line, such as {@code --listen}. */
    record Option(String name) implements Origin {}

    /** A variable of the environment. */
    record Variable(String name) implements Origin {}

    /**
     * A place in the configuration file.
     *
     * @param line from 1
     */
    record Line(Path file, int line) implements Origin {}

    /** The profile that was chosen. */
    record OfProfile(Profile profile) implements Origin {}

    /** Nobody said anything. */
    record Standard() implements Origin {}

    /** It in words. */
    default String text() {
        return switch (this) {
            case Option(String name) -> name;
            case Variable(String name) -> name;
            case Line(Path file, int line) -> file + ":" + line;
            case OfProfile(Profile profile) -> "profile " + profile.text();
            case Standard() -> "standard";
        };
    }
}
