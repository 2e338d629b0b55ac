package dev.dunlin.node;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of a support bundle, with pseudonyms in the place of names where these are wanted. */
final class BundledJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    // What holds of the line as the log has it, and of no other; and what a state's digest could be guessed by.
    private static final Set<String> OF_THE_LINE = Set.of("derived", "changed");

    private BundledJson() {}

    /** One line of JSON as an indented text. */
    static String indented(String json, Optional<Scrubber> names) {
        JsonNode tree = MAPPER.readTree(json);
        return names.map(scrubber -> tree(tree, scrubber)).orElse(tree).toPrettyString();
    }

    /** A line of the log with pseudonyms; what cannot be read is left out. */
    static String input(String line, Scrubber names) {
        try {
            JsonNode frame = MAPPER.readTree(line);
            ObjectNode shown = MAPPER.createObjectNode();
            for (Map.Entry<String, JsonNode> field : frame.properties()) {
                if (field.getKey().equals("meta") && field.getValue() instanceof ObjectNode meta) {
                    shown.set("meta", tree(meta.deepCopy().without(OF_THE_LINE), names));
                } else if (!field.getKey().equals("crc")) {
                    shown.set(names.text(field.getKey()), tree(field.getValue(), names));
                }
            }
            return shown.toString();
        } catch (JacksonException noJson) {
            return Report.object()
                    .put("unreadable", "a line of the log that is no JSON was left out")
                    .toString();
        }
    }

    private static JsonNode tree(JsonNode tree, Scrubber names) {
        return switch (tree) {
            case ObjectNode object -> {
                ObjectNode shown = MAPPER.createObjectNode();
                object.properties()
                        .forEach(field -> shown.set(names.text(field.getKey()), tree(field.getValue(), names)));
                yield shown;
            }
            case ArrayNode array -> {
                ArrayNode shown = MAPPER.createArrayNode();
                array.forEach(one -> shown.add(tree(one, names)));
                yield shown;
            }
            default -> tree.isString() ? MAPPER.getNodeFactory().stringNode(names.value(tree.asString())) : tree;
        };
    }
}
