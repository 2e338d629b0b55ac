package dev.dunlin.core.debug;

import java.util.ArrayList;
import java.util.List;

/**
 * A path into the state, as its JSON has it: a machine's name, then fields of records, keys of tables and places of lists. Written
 * with dots between; a name that has a dot in it stands in double quotes, in which {@code \"} and {@code \\} stand for a quote
 * and a backslash.
 *
 * @param names the names, at least the machine's
 */
public record StatePath(List<String> names) {

    private static final int MAX_NAMES = 100;

    /** Refuses an empty path. */
    public StatePath {
        names = List.copyOf(names);
        if (names.isEmpty() || names.size() > MAX_NAMES) {
            throw new IllegalArgumentException("a path has 1 to " + MAX_NAMES + " names");
        }
    }

    /**
     * Reads a path.
     *
     * @throws IllegalArgumentException if a name is empty, a quote is not closed, or there are too many names
     */
    public static StatePath parse(String text) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (true) {
            StringBuilder name = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '"') {
                at = quoted(text, at + 1, name);
            } else {
                while (at < text.length() && text.charAt(at) != '.') {
                    name.append(text.charAt(at++));
                }
            }
            if (name.isEmpty()) {
                throw bad(text, "a name is empty");
            }
            names.add(name.toString());
            if (at == text.length()) {
                return new StatePath(names);
            }
            if (text.charAt(at) != '.') {
                throw bad(text, "a dot is missing after a quoted name");
            }
            at++;
        }
    }

    private static int quoted(String text, int from, StringBuilder name) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            name.append(text.charAt(at++));
        }
        if (at >= text.length()) {
            throw bad(text, "a quote is not closed");
        }
        return at + 1;
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException("'" + text + "' is no path into the state, because " + why
                + ": write names with dots between, as connection.peers, and a name with a dot in it in double quotes");
    }

    /** The name of the machine. */
    public String machine() {
        return names.getFirst();
    }

    /** The names inside the machine's state. */
    public List<String> inside() {
        return names.subList(1, names.size());
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        List<String> shown = new ArrayList<>();
        for (String name : names) {
            boolean plain = name.indexOf('.') < 0 && !name.startsWith("\"");
            shown.add(plain ? name : "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
        }
        return String.join(".", shown);
    }
}
