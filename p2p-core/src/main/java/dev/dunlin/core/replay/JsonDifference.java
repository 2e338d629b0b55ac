package dev.dunlin.core.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * One field in which two JSON trees differ.
 *
 * @param path names from the root joined by dots, array places as numbers, such as {@code connection.peers.12D3….phase}
 * @param before its JSON text in the first tree; empty where it is absent
 * @param after its JSON text in the second tree; empty where it is absent
 */
public record JsonDifference(String path, String before, String after) {

    /** The fields in which two trees differ, in path order, at most as many as given. */
    public static List<JsonDifference> between(JsonNode before, JsonNode after, int atMost) {
        List<JsonDifference> found = new ArrayList<>();
        compare("", before, after, atMost, found);
        return List.copyOf(found);
    }

    private static void compare(String path, JsonNode before, JsonNode after, int atMost, List<JsonDifference> found) {
        if (found.size() >= atMost || before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            TreeSet<String> names = new TreeSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            for (String name : names) {
                compare(path.isEmpty() ? name : path + "." + name, before.path(name), after.path(name), atMost, found);
            }
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(path + "." + i, before.path(i), after.path(i), atMost, found);
            }
        } else if (!text(before).equals(text(after))) {
            // A number that was read may be of another width than the same number that was made.
            found.add(new JsonDifference(path, text(before), text(after)));
        }
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "" : node.toString();
    }

    /** {@code path: before -> after}. */
    @Override
    public String toString() {
        return path + ": " + (before.isEmpty() ? "(absent)" : before) + " -> " + (after.isEmpty() ? "(absent)" : after);
    }
}
