package dev.dunlin.core.operate;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One thing that an operator gives with a question or an order.
 *
 * @param name in camel case
 * @param kind what it may be
 * @param isRequired whether it must be given
 * @param standard the recorded form of what is taken where it is not given, if anything is
 * @param meaning what it means, in words for people, without a full stop
 */
public record Parameter(String name, Kind kind, boolean isRequired, Optional<String> standard, String meaning) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9]*");

    /**
     * Checks the name and the standard value.
     *
     * @throws IllegalArgumentException if the name is not in camel case, or the standard value none of the kind
     */
    public Parameter {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a parameter is in camel case, not " + name);
        }
        try {
            if (standard.isPresent()) {
                kind.shown(standard.get());
                kind.recorded(kind.shown(standard.get()));
            }
        } catch (BadValueException e) {
            throw new IllegalArgumentException(name + " = " + standard.get() + " " + e.why(), e);
        }
    }

    /** One that must be given. */
    public static Parameter required(String name, Kind kind, String meaning) {
        return new Parameter(name, kind, true, Optional.empty(), meaning);
    }

    /** One that may be given. */
    public static Parameter optional(String name, Kind kind, String meaning) {
        return new Parameter(name, kind, false, Optional.empty(), meaning);
    }

    /** One that has a value where it is not given, in recorded form. */
    public static Parameter optional(String name, Kind kind, String standard, String meaning) {
        return new Parameter(name, kind, false, Optional.of(standard), meaning);
    }
}
