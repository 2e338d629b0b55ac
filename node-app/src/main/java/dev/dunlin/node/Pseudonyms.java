package dev.dunlin.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Names that stand for others: the same for the same, numbered by kind in the order in which they were first met. */
final class Pseudonyms {

    private final Map<String, Map<String, String>> byKind = new TreeMap<>();

    /**
     * What stands for a name.
     *
     * @param kind of the name, such as {@code peer}; begins the pseudonym
     * @param original in one form, where there are several
     */
    String of(String kind, String original) {
        Map<String, String> known = byKind.computeIfAbsent(kind, any -> new LinkedHashMap<>());
        return known.computeIfAbsent(original, any -> kind + "-" + (known.size() + 1));
    }

    /** What stands for a name, if it was met. */
    Optional<String> find(String kind, String original) {
        return Optional.ofNullable(byKind.getOrDefault(kind, Map.of()).get(original));
    }

    /** Which name each of them stands for, as indented JSON. */
    String json() {
        ObjectNode all = Report.object();
        byKind.values().forEach(known -> known.forEach((original, pseudonym) -> all.put(pseudonym, original)));
        return all.toPrettyString() + "\n";
    }
}
