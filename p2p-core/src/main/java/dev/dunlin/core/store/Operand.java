package dev.dunlin.core.store;

import dev.dunlin.core.state.Text;

/**
 * What a guard's clause looked at.
 *
 * @param name in camel case, such as {@code maxAttempts}
 * @param value its text
 */
public record Operand(String name, String value) {

    /** The longest value, in characters: what is longer is cut, and says so. */
    public static final int MAX_VALUE = 1_000;

    /** Cuts a long value, so that what is cut is never cut again when it is read back. */
    public Operand {
        if (value.length() > MAX_VALUE) {
            String told = "… (" + value.length() + " characters)";
            value = Text.head(value, MAX_VALUE - told.length()) + told;
        }
    }

    /** {@code name=value}. */
    @Override
    public String toString() {
        return name + "=" + value;
    }

    /** An operand of any value that has a canonical text. */
    public static Operand of(String name, Object value) {
        return new Operand(name, value.toString());
    }
}
