package dev.dunlin.node.admin;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.Means;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON Schemas (draft 2020-12, as OpenAPI 3.1 has them) of answers, made of their records. */
final class Shapes {

    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<String, Class<?>> types = new TreeMap<>();

    /** The schemas of all records that were asked for and what is in them, by their names. */
    Map<String, ObjectNode> schemas() {
        return schemas;
    }

    /**
     * The schema of a type, where it is used.
     *
     * @throws IllegalArgumentException if an answer cannot have it, or two records have one name
     */
    ObjectNode of(Type type) {
        ObjectNode schema = Answers.JSON.createObjectNode();
        if (type instanceof ParameterizedType generic) {
            Type first = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                return of(first);
            }
            if (generic.getRawType() == List.class) {
                schema.put("type", "array").set("items", of(first));
                return schema;
            }
            if (generic.getRawType() == Map.class && first == String.class) {
                schema.put("type", "object").set("additionalProperties", of(generic.getActualTypeArguments()[1]));
                return schema;
            }
        } else if (type instanceof Class<?> plain) {
            if (plain == String.class) {
                return schema.put("type", "string");
            }
            if (plain == int.class || plain == long.class || plain == Integer.class || plain == Long.class) {
                return schema.put("type", "integer");
            }
            if (plain == double.class || plain == Double.class) {
                return schema.put("type", "number");
            }
            if (plain == boolean.class || plain == Boolean.class) {
                return schema.put("type", "boolean");
            }
            if (plain.isEnum()) {
                ArrayNode names = schema.put("type", "string").putArray("enum");
                Answers.names(plain).forEach(names::add);
                return schema;
            }
            if (plain.isRecord()) {
                return schema.put("$ref", "#/components/schemas/" + record(plain));
            }
        }
        throw new IllegalArgumentException("an answer cannot have a " + type.getTypeName()
                + ": use texts, numbers, booleans, enums, optionals, lists, maps of these by text, and records");
    }

    // What it is called: its simple name, or, where another has that already, its whole one, of the characters that a
    // name in OpenAPI may have.
    private String record(Class<?> type) {
        String simple = type.getSimpleName();
        String name = types.getOrDefault(simple, type) == type
                ? simple
                : type.getName().replace('$', '.');
        if (types.putIfAbsent(name, type) != null) {
            return name;
        }
        ObjectNode schema = Answers.JSON.createObjectNode();
        schemas.put(name, schema);
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (RecordComponent component : type.getRecordComponents()) {
            ObjectNode property = of(component.getGenericType());
            Means meaning = component.getAnnotation(Means.class);
            if (meaning == null) {
                throw new IllegalArgumentException(
                        type.getName() + "." + component.getName() + " does not say what it means: give it @Means");
            }
            property.put("description", meaning.value());
            properties.set(component.getName(), property);
            if (component.getType() != Optional.class) {
                required.add(component.getName());
            }
        }
        return name;
    }

    /** The schema of what may be given for a kind, in its written form. */
    static ObjectNode of(Kind kind) {
        ObjectNode schema = Answers.JSON.createObjectNode();
        switch (kind) {
            case Kind.Count(long least, long most) ->
                schema.put("type", "integer").put("minimum", least).put("maximum", most);
            case Kind.Flag _ -> schema.put("type", "boolean");
            case Kind.OneOf(List<String> names) -> {
                ArrayNode all = schema.put("type", "string").putArray("enum");
                names.forEach(all::add);
            }
            case Kind.Free(int longest) -> schema.put("type", "string").put("maxLength", longest);
            case Kind.Formed(String range, var form) ->
                schema.put("type", "string").put("description", range);
            case Kind.Size _, Kind.Time _, Kind.Several _, Kind.Addresses _, Kind.Peer _ ->
                schema.put("type", "string").put("description", kind.range());
        }
        return schema;
    }
}
