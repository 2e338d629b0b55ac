package dev.dunlin.core.codec;

import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.TypeTable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings payloads of an older log to the shape of this build: former names, defaults for fields that came later, and without
 * the fields that have gone. Only for logs whose {@link Schema.Report} says that they fit.
 */
public final class Upcaster {

    private final Codec codec;
    private final Map<String, String> renamed = new TreeMap<>();
    private final Map<String, String> defaults = new TreeMap<>();
    private final Map<String, String> formerFields = new TreeMap<>();
    private final Map<Class<?>, Map<String, Class<?>>> variants = new HashMap<>();

    /** For the type tables of a codec. */
    public Upcaster(Codec codec) {
        this.codec = codec;
        for (TypeTable table : codec.tables()) {
            renamed.putAll(table.renamed());
            table.defaults().forEach((field, json) -> defaults.put(defaultOf(table.machine(), field), json));
            table.formerFields()
                    .forEach((field, former) -> formerFields.put(defaultOf(table.machine(), field), former));
            Schema.addTo(variants, table);
        }
    }

    /** {@code machine/type.field} as it is, {@code Record.field} as {@code machine.Record.field}: records belong to their machine. */
    static String defaultOf(String machine, String field) {
        return field.indexOf('/') >= 0 || field.startsWith(machine + ".") ? field : machine + "." + field;
    }

    /** The present name of a type. */
    public String name(String written) {
        return renamed.getOrDefault(written, written);
    }

    /** The payload of a type, by its present name, in the shape of this build. */
    public JsonNode payload(String name, JsonNode written) {
        return codec.typeOf(name)
                .<JsonNode>map(type -> record(name.substring(0, name.indexOf('/')), name, type, written))
                .orElse(written);
    }

    /** A machine's state, by the machine's name, in the shape of this build. */
    public JsonNode state(String machine, Class<?> type, JsonNode written) {
        return record(machine, machine, type, written);
    }

    private JsonNode record(String machine, String name, Type of, JsonNode written) {
        if (!(written instanceof ObjectNode fields)) {
            return written;
        }
        Class<?> type = Generics.raw(of);
        ObjectNode shaped = codec.mapper().createObjectNode();
        if (fields.has(Codec.KIND) && isVariant(type)) {
            shaped.set(Codec.KIND, fields.get("kind"));
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String former = formerFields.getOrDefault(name + "." + component.getName(), component.getName());
            JsonNode value = fields.has(component.getName()) ? fields.get(component.getName()) : fields.get(former);
            if (value != null) {
                shaped.set(component.getName(), value(machine, Generics.component(of, component), value));
            } else {
                String json = defaults.get(name + "." + component.getName());
                if (json != null) {
                    shaped.set(component.getName(), codec.mapper().readTree(json));
                }
            }
        }
        return shaped;
    }

    private JsonNode inside(String machine, Type type, JsonNode written) {
        return record(machine, machine + "." + Names.of(Generics.raw(type)), type, written);
    }

    private boolean isVariant(Class<?> type) {
        return variants.values().stream().anyMatch(names -> names.containsValue(type));
    }

    /**
     * The name under which a field is in older logs.
     *
     * @param state whether the record is the machine's whole state
     */
    public String writtenName(String machine, boolean state, Class<?> record, String field) {
        return formerFields.getOrDefault(fieldOf(machine, state, record, field), field);
    }

    /** The value of a field that older logs do not have, if one is declared. */
    public Optional<JsonNode> missing(String machine, boolean state, Class<?> record, String field) {
        return Optional.ofNullable(defaults.get(fieldOf(machine, state, record, field)))
                .map(json -> codec.mapper().readTree(json));
    }

    private static String fieldOf(String machine, boolean state, Class<?> record, String field) {
        return (state ? machine : machine + "." + Names.of(record)) + "." + field;
    }

    /** A value inside a state or payload, in the shape of this build. */
    public JsonNode value(String machine, Type type, JsonNode written) {
        if (type instanceof Class<?> cls) {
            Map<String, Class<?>> names = variants.get(cls);
            if (names != null) {
                Class<?> variant = names.get(written.path(Codec.KIND).asString(""));
                return variant == null ? written : inside(machine, variant, written);
            }
            return cls.isRecord() && written.isObject() ? inside(machine, cls, written) : written;
        }
        if (!(type instanceof ParameterizedType generic)) {
            return written;
        }
        Type[] arguments = generic.getActualTypeArguments();
        if (Generics.raw(generic).isRecord() && written.isObject()) {
            return inside(machine, generic, written);
        }
        if (generic.getRawType() == Table.class && written instanceof ObjectNode entries) {
            ObjectNode shaped = codec.mapper().createObjectNode();
            entries.properties()
                    .forEach(entry -> shaped.set(entry.getKey(), value(machine, arguments[1], entry.getValue())));
            return shaped;
        }
        if (generic.getRawType() == List.class && written instanceof ArrayNode elements) {
            List<JsonNode> shaped = new ArrayList<>();
            elements.forEach(element -> shaped.add(value(machine, arguments[0], element)));
            return codec.mapper().createArrayNode().addAll(shaped);
        }
        if (generic.getRawType() == Optional.class && !written.isNull()) {
            return value(machine, arguments[0], written);
        }
        return written;
    }
}
