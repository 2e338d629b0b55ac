package dev.dunlin.core.codec;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Goes into a value of the state by the names that its JSON has, without writing any JSON: fields of records, keys of tables,
 * places of lists. Unchanged parts of two states are the same objects, so comparing them this way costs next to nothing.
 *
 * <p>Not thread-safe.
 */
public final class Parts {

    private final Map<Class<?>, String> kinds = new HashMap<>();
    private final Map<Class<?>, TextType<?>> texts = new HashMap<>();
    private final Map<Class<?>, Map<String, Method>> fields = new HashMap<>();

    /** Of the types that a codec knows. */
    public Parts(Codec codec) {
        TextTypes.of(codec.tables()).forEach(text -> texts.put(text.type(), text));
        codec.tables()
                .forEach(table -> table.variants()
                        .values()
                        .forEach(variants -> variants.forEach((name, type) -> kinds.put(type, name))));
    }

    /**
     * One part of a value.
     *
     * @param name a field's name, a table's key as text, or a list's place from 0
     * @return empty if the value has no such part
     */
    public Optional<Object> of(Object value, String name) {
        return switch (value) {
            case Optional<?> optional -> optional.flatMap(inner -> of(inner, name));
            case Table<?, ?> table -> ofTable(table, name);
            case List<?> list -> ofList(list, name);
            case Record record -> texts.containsKey(record.getClass()) ? Optional.empty() : ofRecord(record, name);
            default -> Optional.empty();
        };
    }

    /** The part at the end of a path; empty if a name on the way leads nowhere. */
    public Optional<Object> of(Object value, List<String> path) {
        Optional<Object> here = Optional.of(value);
        for (String name : path) {
            here = here.flatMap(at -> of(at, name));
        }
        return here;
    }

    private static Optional<Object> ofList(List<?> list, String place) {
        if (!place.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        int index = Integer.parseInt(place);
        return index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Optional<Object> ofTable(Table table, String text) {
        Optional<Map.Entry<?, ?>> first = table.first();
        return first.flatMap(any -> key(any.getKey().getClass(), text)).flatMap(key -> table.find((Comparable) key));
    }

    /** Whether values of a type are one text in JSON. */
    public boolean isText(Class<?> type) {
        return texts.containsKey(type);
    }

    /** A table's key of a type from its text; empty if the text is none. */
    public Optional<Object> key(Class<?> type, String text) {
        try {
            if (type == String.class) {
                return Optional.of(text);
            }
            if (type == Long.class) {
                return Optional.of(Long.valueOf(text));
            }
            if (type == Integer.class) {
                return Optional.of(Integer.valueOf(text));
            }
            TextType<?> known = texts.get(type);
            return known == null
                    ? constant(type, text)
                    : Optional.of(known.parse().apply(text));
        } catch (IllegalArgumentException noSuchKey) {
            return Optional.empty();
        }
    }

    // A constant with a body is of a class of its own below its enum's.
    private static Optional<Object> constant(Class<?> type, String text) {
        Class<?> enumType = type.isEnum() ? type : type.getSuperclass();
        Object[] constants = enumType == null ? null : enumType.getEnumConstants();
        for (Object constant : constants == null ? new Object[0] : constants) {
            if (constant instanceof Enum<?> named && named.name().equals(text)) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    private Optional<Object> ofRecord(Record record, String name) {
        String kind = kinds.get(record.getClass());
        if (kind != null && name.equals(Codec.KIND)) {
            return Optional.of(kind);
        }
        Method accessor =
                fields.computeIfAbsent(record.getClass(), Parts::accessors).get(name);
        if (accessor == null) {
            return Optional.empty();
        }
        return Optional.of(read(record, accessor));
    }

    private static Object read(Record record, Method accessor) {
        try {
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(
                    "cannot read " + accessor.getName() + " of "
                            + record.getClass().getName(),
                    e);
        }
    }

    /** The fields of a record, in order; none of one that is text in JSON. */
    public Map<String, Object> fields(Record record) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!texts.containsKey(record.getClass())) {
            fields.computeIfAbsent(record.getClass(), Parts::accessors)
                    .forEach((name, accessor) -> values.put(name, read(record, accessor)));
        }
        return values;
    }

    /** A table's key as text: the name by which {@link #of(Object, String)} finds it. */
    public String name(Object key) {
        TextType<?> text = texts.get(key.getClass());
        return text != null ? written(text, key) : key instanceof Enum<?> named ? named.name() : key.toString();
    }

    @SuppressWarnings("unchecked") // found by the key's own class
    private static <T> String written(TextType<T> text, Object key) {
        return text.print().apply((T) key);
    }

    /** All texts that {@link #name} may give for a key that a person may write so. */
    public Set<String> names(String written) {
        Set<String> names = new TreeSet<>(Set.of(written));
        Stream.concat(Stream.of(Long.class), texts.keySet().stream())
                .flatMap(type -> key(type, written).stream())
                .map(this::name)
                .forEach(names::add);
        return names;
    }

    private static Map<String, Method> accessors(Class<?> type) {
        Map<String, Method> accessors = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            accessors.put(component.getName(), accessor);
        }
        return accessors;
    }
}
