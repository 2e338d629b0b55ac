package dev.dunlin.core.words;

import java.util.regex.Pattern;

/** Names in camel case, as other places write them. */
public final class CamelCase {

    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");

    private CamelCase() {}

    /** A name with something between its words, whose letters stay as they are: {@code max_Peers}. */
    public static String parted(String name, String between) {
        return HUMP.matcher(name).replaceAll("$1" + between + "$2");
    }
}
