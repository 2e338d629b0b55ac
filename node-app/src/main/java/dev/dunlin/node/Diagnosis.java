package dev.dunlin.node;

import java.util.Locale;

/**
 * What {@code dunlin doctor} says of one thing that a node needs.
 *
 * @param name what was looked at, one word
 * @param level how it is
 * @param reason what was seen
 * @param fix what to do; empty if there is nothing to do
 */
record Diagnosis(String name, Level level, String reason, String fix) {

    /** How something is, the better first. */
    enum Level {
        /** As it should be. */
        OK,
        /** A node runs, and may run into something. */
        WARN,
        /** A node does not run, or loses something. */
        FAIL;

        /** As people read it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Diagnosis ok(String name, String reason) {
        return new Diagnosis(name, Level.OK, reason, "");
    }

    static Diagnosis warn(String name, String reason, String fix) {
        return new Diagnosis(name, Level.WARN, reason, fix);
    }

    static Diagnosis fail(String name, String reason, String fix) {
        return new Diagnosis(name, Level.FAIL, reason, fix);
    }

    /** By a sentence that ends with what to do. */
    static Diagnosis fail(String name, CommandFailure failure) {
        String sentence = String.valueOf(failure.getMessage());
        int cut = Math.max(sentence.lastIndexOf("; "), sentence.lastIndexOf(": "));
        return cut < 0 ? fail(name, sentence, "") : fail(name, sentence.substring(0, cut), sentence.substring(cut + 2));
    }
}
