package dev.dunlin.node;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.store.Action;
import dev.dunlin.node.config.NearestName;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What is wrong with an action that somebody has written as JSON: which field, what it is, and which one may be meant. */
final class ActionText {

    private static final List<String> OWN = List.of("type", "payload", "meta");

    private ActionText() {}

    /** One sentence without its full stop; empty if all fields are there, fit, and are known, or it is no object of JSON. */
    static Optional<String> fault(Codec codec, String text) {
        JsonNode tree;
        try {
            tree = codec.mapper().readTree(text);
        } catch (JacksonException noJson) {
            return Optional.empty();
        }
        if (!tree.isObject()) {
            return Optional.empty();
        }
        for (String name : List.of("type", "payload")) {
            if (!tree.has(name)) {
                List<String> given = tree.propertyNames().stream()
                        .filter(field -> !OWN.contains(field))
                        .toList();
                return Optional.of("the action lacks the field " + name + ", "
                        + (name.equals("type") ? "the name of what it is" : "an object of its fields")
                        + NearestName.of(name, given)
                                .map(near -> ": " + shown(near) + " is none; did you mean it so?")
                                .orElse(": write it as {\"type\":…,\"payload\":{…}}"));
            }
        }
        if (!tree.path("type").isString() || !tree.path("payload").isObject()) {
            return Optional.empty();
        }
        String type = tree.path("type").asString();
        Optional<Class<? extends Action>> known = codec.typeOf(type);
        if (known.isEmpty()) {
            List<String> all = codec.tables().stream()
                    .flatMap(table -> table.actions().keySet().stream().map(table::fullName))
                    .toList();
            return Optional.of("there is no action " + shown(type)
                    + NearestName.of(type, all)
                            .map(near -> ": did you mean " + near + "?")
                            .orElse(" in this build: 'dunlin log --json' shows how they are written"));
        }
        return fields(codec, known.get(), tree.path("payload"), type);
    }

    private static Optional<String> fields(Codec codec, Class<?> record, JsonNode payload, String name) {
        Map<String, RecordComponent> components = Arrays.stream(record.getRecordComponents())
                .collect(Collectors.toMap(
                        RecordComponent::getName, one -> one, (one, other) -> one, LinkedHashMap::new));
        List<String> missing = components.keySet().stream()
                .filter(field -> !payload.has(field))
                .toList();
        for (String field : payload.propertyNames()) {
            if (!components.containsKey(field)) {
                Optional<String> near =
                        NearestName.of(field, missing).or(() -> NearestName.of(field, components.keySet()));
                return Optional.of(name + " has no field " + shown(field)
                        + near.map(one -> ": did you mean " + one + ", " + words(type(components, one)) + "?")
                                .orElse("; it has "
                                        + (components.isEmpty() ? "none" : String.join(", ", components.keySet()))));
            }
        }
        if (!missing.isEmpty()) {
            String field = missing.getFirst();
            return Optional.of(name + " lacks the field " + field + ", " + words(type(components, field)));
        }
        for (Map.Entry<String, RecordComponent> component : components.entrySet()) {
            Optional<String> fault =
                    value(codec, component.getValue(), payload.path(component.getKey()), name, component.getKey());
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Type type(Map<String, RecordComponent> components, String field) {
        return Objects.requireNonNull(components.get(field), field).getGenericType();
    }

    private static Optional<String> value(
            Codec codec, RecordComponent component, JsonNode value, String name, String field) {
        try {
            codec.value(value, component.getGenericType());
            return Optional.empty();
        } catch (CodecException unfit) {
            if (component.getType().isRecord() && value.isObject()) {
                Optional<String> inner = fields(codec, component.getType(), value, field + " of " + name);
                if (inner.isPresent()) {
                    return inner;
                }
            }
            return Optional.of("the field " + field + " of " + name + " is " + words(component.getGenericType())
                    + ", and " + shown(value.toString()) + " is none");
        }
    }

    private static String shown(String text) {
        return LogLine.shortened(text, 80);
    }

    // What a value is, for who writes it; how a type is called, where its text has a form of its own.
    private static String words(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            List<Type> arguments = List.of(generic.getActualTypeArguments());
            return switch (raw.getSimpleName()) {
                case "Optional" -> words(arguments.getFirst()) + ", or null";
                case "List" -> "a list in brackets, each " + words(arguments.getFirst());
                default -> "an object";
            };
        }
        if (!(type instanceof Class<?> plain)) {
            return "a value";
        }
        if (plain.isEnum()) {
            return "one of "
                    + Arrays.stream(plain.getEnumConstants())
                            .map(one -> "\"" + ((Enum<?>) one).name() + "\"")
                            .collect(Collectors.joining(", "));
        }
        return switch (plain.getSimpleName()) {
            case "long", "int", "Long", "Integer" -> "a whole number";
            case "boolean", "Boolean" -> "true or false";
            case "String" -> "a text";
            case "PeerId" -> "a peer's id, as \"12D3KooW…\"";
            case "Multiaddr" -> "an address, as \"/ip4/192.0.2.1/tcp/4001\"";
            case "Bytes" -> "bytes in base64";
            case "Ticket" -> "a ticket, as \"api#7\"";
            case "Handle" -> "a handle, as \"connection:1:7\"";
            default ->
                (plain.isRecord() || plain.isInterface() ? "an object, " : "a ")
                        + plain.getSimpleName()
                                .replaceAll("([a-z])([A-Z])", "$1 $2")
                                .toLowerCase(Locale.ROOT);
        };
    }
}
