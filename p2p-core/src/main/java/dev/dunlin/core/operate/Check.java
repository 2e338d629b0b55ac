package dev.dunlin.core.operate;

import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A look at one thing that a node needs.
 *
 * @param name in kebab case
 * @param meaning what is looked at, a clause without a full stop
 * @param look how it is now; quick, and never throws
 */
public record Check<V, S>(String name, String meaning, Function<At<V, S>, Health> look) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** Checks the name. */
    public Check {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a check has a name in kebab case, not " + name);
        }
    }
}
