package dev.dunlin.core.codec;

import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects what one machine's payloads and state are made of. */
final class SchemaCollector {
    private static final Set<Class<?>> OPTIONALS = Set.of(Optional.class, OptionalInt.class, OptionalLong.class);

    private final Map<Class<?>, String> plain;
    private final Set<String> keys = new TreeSet<>(List.of("string", "long", "int"));
    private final String machine;
    private final Map<Class<?>, Map<String, Class<?>>> variants;
    private final Map<String, Map<String, String>> types;

    // Lookup only.
    private final Map<String, Class<?>> seen = new HashMap<>();

    SchemaCollector(
            String machine,
            Map<Class<?>, Map<String, Class<?>>> variants,
            List<TextType<?>> texts,
            Map<String, Map<String, String>> types) {
        this.plain = plain(texts);
        texts.forEach(text -> keys.add(text.name()));
        this.machine = machine;
        this.variants = variants;
        this.types = types;
    }

    private static Map<Class<?>, String> plain(List<TextType<?>> texts) {
        Map<Class<?>, String> plain = new LinkedHashMap<>();
        for (TextType<?> text : texts) {
            plain.put(text.type(), text.name());
        }
        plain.put(long.class, "long");
        plain.put(Long.class, "long");
        plain.put(int.class, "int");
        plain.put(Integer.class, "int");
        plain.put(short.class, "short");
        plain.put(Short.class, "short");
        plain.put(byte.class, "byte");
        plain.put(Byte.class, "byte");
        plain.put(char.class, "char");
        plain.put(Character.class, "char");
        plain.put(double.class, "double");
        plain.put(Double.class, "double");
        plain.put(boolean.class, "boolean");
        plain.put(Boolean.class, "boolean");
        plain.put(String.class, "string");
        plain.put(OptionalLong.class, "optional<long>");
        plain.put(OptionalInt.class, "optional<int>");
        return plain;
    }

    private static final String AT = "at ";

    void record(String name, Type type) {
        Map<String, String> fields = begin(name, Generics.raw(type));
        if (fields != null) {
            for (RecordComponent component : Generics.raw(type).getRecordComponents()) {
                fields.put(
                        component.getName(),
                        typeName(name + "." + component.getName(), Generics.component(type, component)));
            }
        }
    }

    private @Nullable Map<String, String> begin(String name, Class<?> type) {
        Class<?> other = seen.put(name, type);
        if (other == null) {
            Map<String, String> fields = new LinkedHashMap<>();
            types.put(name, fields);
            return fields;
        }
        if (other != type) {
            throw new IllegalArgumentException("the machine " + machine + " writes " + other.getName() + " and "
                    + type.getName() + " under one name: give one of them another");
        }
        return null;
    }

    private String inside(Class<?> type) {
        return Schema.INSIDE + machine + "." + Names.of(type);
    }

    // What is wrong inside is told with the way to it.
    private String typeName(String place, Type type) {
        try {
            return typeName(type);
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            throw why.startsWith(AT)
                    ? e
                    : new IllegalArgumentException(AT + place.replace(Schema.INSIDE, "") + ": " + why, e);
        }
    }

    private String typeName(Type type) {
        if (type instanceof Class<?> cls) {
            return className(cls);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            if (raw == Table.class) {
                checkKey(arguments[0]);
            }
            if (raw == Optional.class && OPTIONALS.contains(Generics.raw(arguments[0]))) {
                throw new IllegalArgumentException(
                        type.getTypeName() + " cannot be written: an optional of an optional is a null, or a null");
            }
            if (raw.isRecord()) {
                String name = inside(raw) + typeNames(arguments);
                record(name, type);
                return name;
            }
            if (raw == Table.class || raw == List.class || raw == Optional.class) {
                return raw.getSimpleName().toLowerCase(Locale.ROOT) + typeNames(arguments);
            }
        }
        throw new IllegalArgumentException(
                type.getTypeName() + " cannot be written: use a record, enum, Table, List, Optional or a text type");
    }

    private String typeNames(Type[] arguments) {
        return Arrays.stream(arguments).map(this::typeName).collect(Collectors.joining(",", "<", ">"));
    }

    private void checkKey(Type type) {
        boolean fit = type instanceof Class<?> key && (key.isEnum() || keys.contains(plain.getOrDefault(key, "")));
        if (!fit) {
            throw new IllegalArgumentException(
                    type.getTypeName() + " cannot be the key of a table: use a string, long, int, enum or a text type");
        }
    }

    private String className(Class<?> type) {
        String known = plain.get(type);
        if (known != null) {
            return known;
        }
        String name = inside(type);
        Map<String, Class<?>> alternatives = variants.get(type);
        if (type.isEnum()) {
            Map<String, String> constants = begin(name, type);
            if (constants != null) {
                for (Object constant : type.getEnumConstants()) {
                    constants.put(((Enum<?>) constant).name(), Schema.CONSTANT);
                }
            }
        } else if (alternatives != null) {
            Map<String, String> names = begin(name, type);
            if (names != null) {
                alternatives.forEach((variant, record) -> {
                    names.put(variant, Schema.VARIANT + inside(record));
                    record(inside(record), record);
                });
            }
        } else if (type.isRecord()) {
            record(name, type);
        } else {
            throw new IllegalArgumentException(type.getSimpleName() + " cannot be written: "
                    + (type.isInterface()
                            ? "make it sealed, with records, or give it as an open union"
                            : "use a record, enum, number, String, Bytes, Table, List, Optional or a text type"));
        }
        return name;
    }
}
