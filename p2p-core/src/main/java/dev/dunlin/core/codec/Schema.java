package dev.dunlin.core.codec;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.TypeTable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a build can write: every action, effect, state and record inside them with its fields and their types. It stands in the
 * header of each log segment, and is compared with the reader's before anything is replayed.
 *
 * @param types type name to fields: actions as {@code connection/connect}, effects likewise with a leading {@code !}, states as
 *     {@code connection}, records inside by their simple name with a leading {@code #}, enums and sealed interfaces likewise
 *     with one field per constant or variant
 */
public record Schema(Map<String, Map<String, String>> types) {

    private static final String CONSTANT = "constant";
    private static final String VARIANT = "variant #";

    /** The schema of a store's slices. */
    public static Schema of(Store<?> store) {
        Collector collector = new Collector(store.slices().stream()
                .<TypeTable>map(Slice::types)
                .toList());
        for (Slice<?, ?, ?> slice : store.slices()) {
            slice.types().actions().forEach((name, type) -> {
                String full = slice.types().fullName(name);
                collector.record(Effect.class.isAssignableFrom(type) ? "!" + full : full, type);
            });
            collector.record(slice.name(), slice.state());
        }
        return new Schema(collector.types);
    }

    private static final class Collector {
        private static final Map<Class<?>, String> PLAIN = plain();

        final Map<String, Map<String, String>> types = new TreeMap<>();
        private final Map<Class<?>, Map<String, Class<?>>> variants = new LinkedHashMap<>();

        Collector(List<TypeTable> tables) {
            tables.forEach(table -> variants.putAll(table.variants()));
        }

        private static Map<Class<?>, String> plain() {
            Map<Class<?>, String> plain = new LinkedHashMap<>();
            for (TextType<?> text : TextType.BUILT_IN) {
                plain.put(text.type(), text.name());
            }
            plain.put(long.class, "long");
            plain.put(Long.class, "long");
            plain.put(int.class, "int");
            plain.put(Integer.class, "int");
            plain.put(short.class, "short");
            plain.put(byte.class, "byte");
            plain.put(char.class, "char");
            plain.put(double.class, "double");
            plain.put(Double.class, "double");
            plain.put(boolean.class, "boolean");
            plain.put(Boolean.class, "boolean");
            plain.put(String.class, "string");
            plain.put(OptionalLong.class, "optional<long>");
            plain.put(OptionalInt.class, "optional<int>");
            return plain;
        }

        void record(String name, Class<?> type) {
            if (types.containsKey(name)) {
                return;
            }
            Map<String, String> fields = new LinkedHashMap<>();
            types.put(name, fields);
            for (RecordComponent component : type.getRecordComponents()) {
                fields.put(component.getName(), typeName(component.getGenericType()));
            }
        }

        private String typeName(Type type) {
            if (type instanceof Class<?> cls) {
                return className(cls);
            }
            if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
                String arguments = Arrays.stream(generic.getActualTypeArguments())
                        .map(this::typeName)
                        .collect(Collectors.joining(","));
                if (raw == Table.class || raw == Deadlines.class || raw == List.class || raw == Optional.class) {
                    return raw.getSimpleName().toLowerCase(Locale.ROOT) + "<" + arguments + ">";
                }
            }
            throw new IllegalArgumentException(
                    type.getTypeName() + " cannot be written: use a record, enum, Table, List, Optional or a text type");
        }

        private String className(Class<?> type) {
            String plain = PLAIN.get(type);
            if (plain != null) {
                return plain;
            }
            String name = "#" + type.getSimpleName();
            if (type.isEnum()) {
                Map<String, String> constants = new LinkedHashMap<>();
                for (Object constant : type.getEnumConstants()) {
                    constants.put(((Enum<?>) constant).name(), CONSTANT);
                }
                types.put(name, constants);
                return name;
            }
            if (variants.containsKey(type)) {
                if (!types.containsKey(name)) {
                    Map<String, String> names = new LinkedHashMap<>();
                    types.put(name, names);
                    variants.get(type).forEach((variant, record) -> {
                        names.put(variant, VARIANT + record.getSimpleName());
                        record("#" + record.getSimpleName(), record);
                    });
                }
                return name;
            }
            if (type.isRecord()) {
                record(name, type);
                return name;
            }
            throw new IllegalArgumentException(
                    type.getName() + " cannot be written: " + (type.isInterface()
                            ? "give its variants in the type table"
                            : "use a record, enum or text type"));
        }
    }

    /** How well a log fits a build. */
    public enum Fit {
        /** Every frame means what it meant. */
        FINE,
        /** It can be read, but something in it is no longer looked at: digests may differ. */
        RISKY,
        /** Something in it cannot be read. */
        IMPOSSIBLE
    }

    /**
     * One difference between a log's schema and this build's.
     *
     * @param fit how bad it is
     * @param what one sentence
     */
    public record Difference(Fit fit, String what) {}

    /**
     * The comparison of a log's schema with this build's.
     *
     * @param fit the worst of the differences
     * @param differences all of them, the worst first
     */
    public record Report(Fit fit, List<Difference> differences) {
        /** One line per difference. */
        public String text() {
            return differences.stream()
                    .map(difference -> difference.fit() + ": " + difference.what())
                    .collect(Collectors.joining("\n"));
        }
    }

    /**
     * Compares the schema of a log with this one, that of the reading build.
     *
     * @param log the schema in the log's header
     * @param tables this build's type tables, with defaults and renamed types
     */
    public Report compare(Schema log, List<TypeTable> tables) {
        Map<String, String> renamed = new TreeMap<>();
        Map<String, String> defaults = new TreeMap<>();
        for (TypeTable table : tables) {
            renamed.putAll(table.renamed());
            defaults.putAll(table.defaults());
        }
        List<Difference> found = new ArrayList<>();
        log.types.forEach((name, fields) -> {
            boolean effect = name.startsWith("!");
            String now = renamed.getOrDefault(name, name);
            if (!now.equals(name)) {
                found.add(new Difference(Fit.FINE, "type " + name + " is now " + now));
            }
            Map<String, String> mine = types.get(now);
            if (mine == null) {
                found.add(new Difference(
                        effect ? Fit.RISKY : Fit.IMPOSSIBLE, "type " + plain(name) + " was removed"));
                return;
            }
            fields.forEach((field, type) -> {
                String present = mine.get(field);
                if (present == null) {
                                        found.add(new Difference(
                            isAlternative(type) ? Fit.IMPOSSIBLE : Fit.RISKY, plain(now) + "." + field + " was removed"));
                } else if (!present.equals(type)) {
                    found.add(new Difference(
                            effect ? Fit.RISKY : Fit.IMPOSSIBLE,
                            plain(now) + "." + field + " was " + type + " and is " + present));
                }
            });
            mine.forEach((field, type) -> {
                if (fields.containsKey(field)) {
                    return;
                }
                if (effect || isAlternative(type)) {
                    found.add(new Difference(Fit.FINE, plain(now) + "." + field + " was added"));
                } else if (defaults.containsKey(plain(now) + "." + field)) {
                    found.add(new Difference(
                            Fit.FINE,
                            plain(now) + "." + field + " was added; older logs get "
                                    + defaults.get(plain(now) + "." + field)));
                } else {
                    found.add(new Difference(
                            Fit.IMPOSSIBLE, plain(now) + "." + field + " was added and has no default"));
                }
            });
        });
        types.forEach((name, fields) -> {
            if (!log.types.containsKey(name) && !renamed.containsValue(name)) {
                found.add(new Difference(Fit.FINE, "type " + plain(name) + " was added"));
            }
        });
        found.sort((one, other) -> other.fit().compareTo(one.fit()));
        return new Report(found.isEmpty() ? Fit.FINE : found.getFirst().fit(), List.copyOf(found));
    }

    // A constant of an enum or a variant of a sealed interface: one of several, not one beside others.
    private static boolean isAlternative(String type) {
        return type.equals(CONSTANT) || type.startsWith(VARIANT);
    }

    private static String plain(String name) {
        return name.startsWith("!") || name.startsWith("#") ? name.substring(1) : name;
    }
}
