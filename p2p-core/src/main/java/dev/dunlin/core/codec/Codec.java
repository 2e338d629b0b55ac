package dev.dunlin.core.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.dunlin.core.state.OpenUnion;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.TypeTable;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.type.LogicalType;

/**
 * Writes and reads actions, effects and states as JSON, under the names of the machines' type tables. Strict: a field too many
 * or too few, a null, or an unknown name is an error, never a guess.
 *
 * <p>Thread-safe.
 */
public final class Codec {

    /** The field that holds a variant's name. */
    static final String KIND = "kind";

    private static final int MAX_TEXT = 64 << 20;
    private static final int MAX_RECENT = 8;

    private static final Map<List<TypeTable>, Codec> RECENT = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<TypeTable>, Codec> eldest) {
            return size() > MAX_RECENT;
        }
    };

    private final JsonMapper mapper;
    private final List<TypeTable> tables;

    // Lookup only.
    private final Map<Class<?>, Entry> byType = new HashMap<>();
    private final Map<String, Entry> byName = new TreeMap<>();

    /** An action or effect. How it is read and written is found out by the first that needs it: a start needs few. */
    private static final class Entry {

        private final String name;
        private final Class<? extends Action> type;
        private volatile @Nullable ObjectReader reader;
        private volatile @Nullable ObjectWriter writer;

        Entry(String name, Class<? extends Action> type) {
            this.name = name;
            this.type = type;
        }

        ObjectReader reader(JsonMapper mapper) {
            ObjectReader made = reader;
            if (made == null) {
                made = mapper.readerFor(type);
                reader = made;
            }
            return made;
        }

        ObjectWriter writer(JsonMapper mapper) {
            ObjectWriter made = writer;
            if (made == null) {
                made = mapper.writerFor(type);
                writer = made;
            }
            return made;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = KIND)
    private interface ByKind {}

    private Codec(List<TypeTable> tables) {
        this.tables = List.copyOf(tables);
        // As long as a log's longest line: what can be written can be read back.
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxStringLength(MAX_TEXT)
                .maxNameLength(MAX_TEXT)
                .build();
        JsonMapper.Builder builder = JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(limits).build())
                .addModule(new StateModule(TextTypes.of(tables)))
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .withCoercionConfig(LogicalType.Textual, Codec::exact)
                // A record's isX() that is no component is no field.
                .changeDefaultVisibility(any -> any.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
                .changeDefaultPropertyInclusion(
                        any -> JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS));
        for (TypeTable table : tables) {
            table.variants().forEach((union, variants) -> {
                checkVariants(table.machine(), union, variants);
                builder.addMixIn(union, ByKind.class);
                variants.forEach((name, type) -> builder.registerSubtypes(new NamedType(type, name)));
            });
        }
        mapper = builder.build();
        for (TypeTable table : tables) {
            table.actions().forEach((name, type) -> {
                String full = table.fullName(name);
                Entry entry = new Entry(full, type);
                if (byName.put(full, entry) != null) {
                    throw new IllegalArgumentException("two types are named " + full);
                }
                byType.put(type, entry);
            });
        }
    }

    private static void exact(MutableCoercionConfig coercions) {
        for (CoercionInputShape shape :
                List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
            coercions.setCoercion(shape, CoercionAction.Fail);
        }
    }

    // A variant without a name would be written under its class's.
    private static void checkVariants(String machine, Class<?> union, Map<String, Class<?>> variants) {
        List<Class<?>> leaves =
                union.isAnnotationPresent(OpenUnion.class) ? List.copyOf(variants.values()) : leaves(union);
        for (Class<?> leaf : leaves) {
            if (!variants.containsValue(leaf)) {
                throw new IllegalArgumentException(leaf.getName() + ", a " + union.getSimpleName()
                        + ", has no name in the type table of " + machine + ": name it as a variant");
            }
            for (RecordComponent component : leaf.getRecordComponents()) {
                if (component.getName().equals(KIND)) {
                    throw new IllegalArgumentException(leaf.getName() + " has a component named " + KIND
                            + ", which is where a variant's name is written: call it otherwise");
                }
            }
        }
    }

    private static List<Class<?>> leaves(Class<?> type) {
        if (type.isRecord()) {
            return List.of(type);
        }
        if (!type.isSealed()) {
            throw new IllegalArgumentException(type.getName() + " is no sealed interface of records");
        }
        List<Class<?>> leaves = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            leaves.addAll(leaves(permitted));
        }
        return leaves;
    }

    /** The codec of a store's machines. */
    public static Codec of(Store<?> store) {
        List<TypeTable> tables = new ArrayList<>();
        for (Machine<?, ?, ?> machine : store.machines()) {
            tables.add(machine.types());
        }
        return of(tables);
    }

    /** The codec of some type tables. Making one costs milliseconds, so the last few are remembered. */
    public static Codec of(List<TypeTable> tables) {
        synchronized (RECENT) {
            return RECENT.computeIfAbsent(List.copyOf(tables), Codec::new);
        }
    }

    /** The type tables that it knows. */
    public List<TypeTable> tables() {
        return tables;
    }

    /**
     * The full name of an action or effect, as {@code connection/connected}.
     *
     * @throws IllegalArgumentException if no table has its type
     */
    public String nameOf(Action action) {
        return nameOf(action.getClass());
    }

    /** As {@link #nameOf(Action)}. */
    public String nameOf(Class<?> type) {
        return entry(type).name;
    }

    private Entry entry(Class<?> type) {
        Entry entry = byType.get(type);
        if (entry == null) {
            throw new IllegalArgumentException(type.getName() + " is in no type table");
        }
        return entry;
    }

    /** The type of a full name, if a table has it. */
    public Optional<Class<? extends Action>> typeOf(String name) {
        Entry entry = byName.get(name);
        return entry == null ? Optional.empty() : Optional.of(entry.type);
    }

    /** Writes an action's payload where the generator stands. */
    public void write(Action action, JsonGenerator out) {
        entry(action.getClass()).writer(mapper).writeValue(out, action);
    }

    /**
     * Reads the payload of the named type where the parser stands.
     *
     * @throws CodecException if there is no such type, or the payload is not of it
     */
    public Action read(String name, JsonParser in) {
        try {
            return entry(name).reader(mapper).readValue(in);
        } catch (JacksonException e) {
            throw new CodecException(name, e);
        }
    }

    /**
     * Reads a payload given as a tree.
     *
     * @throws CodecException as {@link #read(String, JsonParser)}
     */
    public Action read(String name, JsonNode payload) {
        try {
            return entry(name).reader(mapper).readValue(payload);
        } catch (JacksonException e) {
            throw new CodecException(name, e);
        }
    }

    private Entry entry(String name) {
        Entry entry = byName.get(name);
        if (entry == null) {
            throw new CodecException(name, "there is no such type in this build");
        }
        return entry;
    }

    /** Any value of state or action as a JSON tree. */
    public JsonNode tree(Object value) {
        return mapper.valueToTree(value);
    }

    /**
     * A value of a type from its JSON tree.
     *
     * @throws CodecException if the tree is not of it
     */
    public <T> T value(JsonNode tree, Class<T> type) {
        try {
            return mapper.treeToValue(tree, type);
        } catch (JacksonException e) {
            throw new CodecException(type.getSimpleName(), e);
        }
    }

    /** As {@link #value(JsonNode, Class)}, of a type with arguments. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public Object value(JsonNode tree, Type type) {
        try {
            Object value = mapper.readerFor(mapper.constructType(type)).readValue(tree);
            if (value == null) {
                throw new CodecException(type.getTypeName(), "a null stands where a value should");
            }
            return value;
        } catch (JacksonException e) {
            throw new CodecException(type.getTypeName(), e);
        }
    }

    /** The record of a name that stands where a sealed interface is declared. */
    public Optional<Class<?>> variant(Class<?> union, String name) {
        for (TypeTable table : tables) {
            Map<String, Class<?>> names = table.variants().get(union);
            if (names != null && names.containsKey(name)) {
                return Optional.of(names.get(name));
            }
        }
        return Optional.empty();
    }

    /** The mapper, for what is JSON but no action or state: frames, headers, reports. */
    public JsonMapper mapper() {
        return mapper;
    }
}
