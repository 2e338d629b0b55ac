package dev.dunlin.core.store;

/**
 * What a guard's clause looked at.
 *
 * @param name in camel case, such as {@code maxAttempts}
 * @param value its text
 */
public record Operand(String name, String value) {

    /** An operand of any value that has a canonical text. */
    public static Operand of(String name, Object value) {
        return new Operand(name, value.toString());
    }
}
