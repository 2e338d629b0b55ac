package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Generics;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes values of a snapshot's parts, each of the type that stands at its path. */
final class SnapshotParts {

    private final Codec codec;
    private final Parts parts;

    SnapshotParts(Codec codec) {
        this.codec = codec;
        this.parts = new Parts(codec);
    }

    /** What is known of the value at one path. */
    static final class Slot {
        private final String machine;
        private final String name;
        private final Type type;
        private final boolean isState;

        // Of an optional what is in it, unless it is empty.
        private @Nullable Object value;
        private @Nullable Class<?> record;
        private final Map<String, Slot> inside = new LinkedHashMap<>();

        private Slot(String machine, String name, Type type, boolean isState) {
            this.machine = machine;
            this.name = name;
            this.type = type;
            this.isState = isState;
        }

        /** A machine's state. */
        static Slot of(String machine, Class<?> state) {
            return new Slot(machine, machine, state, true);
        }
    }

    /** What a value that was read at a path is taken for: itself, or what it must be equal to. */
    @FunctionalInterface
    interface Checked {
        /**
         * The value to take.
         *
         * @param path from the machine's state on
         * @param read all of it, or some entries of a table or elements of a list
         * @param from of some elements the place of the first
         * @param whole whether it is all that stands there
         */
        Object value(List<String> path, Object read, int from, boolean whole);
    }

    /** Takes one part of a machine's state. */
    void take(Slot machine, String type, JsonNode payload, @Nullable Upcaster upcaster, Checked checked) {
        Slot slot = machine;
        List<String> path = new ArrayList<>();
        for (int i = 1; i < payload.path("path").size() && slot != null; i++) {
            path.add(payload.path("path").get(i).asString());
            slot = inside(slot, path.getLast(), upcaster);
        }
        if (slot == null) {
            return;
        }
        switch (type) {
            case SnapshotFormat.VALUE ->
                slot.value = checked.value(path, unwrapped(value(slot, payload.get("value"), upcaster)), 0, true);
            case SnapshotFormat.ENTRIES -> {
                Object read = unwrapped(value(slot, payload.get("entries"), upcaster));
                slot.value = merged(slot, checked.value(path, read, 0, false));
            }
            case SnapshotFormat.ELEMENTS -> {
                Object read = unwrapped(value(slot, payload.get("elements"), upcaster));
                int from = slot.inside.size() + (slot.value instanceof List<?> before ? before.size() : 0);
                slot.value = merged(slot, checked.value(path, read, from, false));
            }
            case SnapshotFormat.RECORD -> {
                String kind = payload.path("kind").asString("");
                slot.record = kind.isEmpty() ? Generics.raw(plain(slot.type)) : variant(slot, kind);
            }
            default -> throw new IllegalArgumentException("a snapshot has no parts of the type " + type);
        }
    }

    private static Object unwrapped(Object value) {
        return value instanceof Optional<?> optional && optional.isPresent() ? optional.get() : value;
    }

    private Class<?> variant(Slot slot, String kind) {
        Class<?> union = Generics.raw(plain(slot.type));
        if (union.isRecord() && Names.of(union).equals(kind)) {
            return union;
        }
        return codec.variant(union, kind)
                .orElseThrow(() -> new IllegalArgumentException(kind + " is no " + Names.of(union)));
    }

    // Null where this build has no such field any more.
    private @Nullable Slot inside(Slot slot, String name, @Nullable Upcaster upcaster) {
        Slot known = slot.inside.get(name);
        if (known != null) {
            return known;
        }
        Type type = slot.record == null ? elementType(slot) : componentType(slot, slot.record, name, upcaster);
        if (type == null) {
            return null;
        }
        Slot fresh = new Slot(slot.machine, name, type, false);
        slot.inside.put(name, fresh);
        return fresh;
    }

    private static Type elementType(Slot slot) {
        if (plain(slot.type) instanceof ParameterizedType generic
                && (generic.getRawType() == Table.class || generic.getRawType() == List.class)) {
            Type[] arguments = generic.getActualTypeArguments();
            return arguments[arguments.length - 1];
        }
        throw new IllegalArgumentException("nothing stands inside of " + slot.name);
    }

    private static @Nullable Type componentType(
            Slot slot, Class<?> record, String written, @Nullable Upcaster upcaster) {
        for (RecordComponent component : record.getRecordComponents()) {
            String expected = upcaster == null
                    ? component.getName()
                    : upcaster.writtenName(slot.machine, slot.isState, record, component.getName());
            if (component.getName().equals(written) || expected.equals(written)) {
                return typeOf(slot, record, component);
            }
        }
        if (upcaster == null) {
            throw new IllegalArgumentException(Names.of(record) + " has no field " + written);
        }
        return null;
    }

    // An alternative has no arguments; a generic record those with which it is declared.
    private static Type typeOf(Slot slot, Class<?> record, RecordComponent component) {
        Type declared = plain(slot.type);
        return Generics.component(Generics.raw(declared) == record ? declared : record, component);
    }

    private Object value(Slot slot, JsonNode json, @Nullable Upcaster upcaster) {
        JsonNode shaped = upcaster == null
                ? json
                : slot.isState
                        ? upcaster.state(slot.machine, Generics.raw(slot.type), json)
                        : upcaster.value(slot.machine, slot.type, json);
        return codec.value(shaped, slot.type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // both are of the slot's type
    private static Object merged(Slot slot, Object more) {
        Object before = slot.value;
        if (before == null) {
            return more;
        }
        if (before instanceof Table table && more instanceof Table entries) {
            for (Map.Entry entry : (Iterable<Map.Entry>) entries) {
                table = table.with((Comparable) entry.getKey(), entry.getValue());
            }
            return table;
        }
        List<Object> all = new ArrayList<>((List<?>) before);
        all.addAll((List<?>) more);
        return all;
    }

    /** The value of a slot, all of whose parts were taken. */
    Object assembled(Slot slot, @Nullable Upcaster upcaster) {
        Object made = made(slot, upcaster);
        boolean optional = Generics.raw(slot.type) == Optional.class;
        return optional && !(made instanceof Optional) ? Optional.of(made) : made;
    }

    private Object made(Slot slot, @Nullable Upcaster upcaster) {
        Class<?> record = slot.record;
        if (record != null) {
            return record(slot, record, upcaster);
        }
        Object value = slot.value;
        if (value == null && slot.inside.isEmpty()) {
            throw new IllegalArgumentException(slot.name + " has no value");
        }
        if (value instanceof List<?> list) {
            return list(slot, list, upcaster);
        }
        return value != null && slot.inside.isEmpty() ? value : table(slot, value, upcaster);
    }

    // Elements that are divided stand at their places among the others.
    private List<Object> list(Slot slot, List<?> whole, @Nullable Upcaster upcaster) {
        List<Object> all = new ArrayList<>();
        int next = 0;
        for (int place = 0; place < whole.size() + slot.inside.size(); place++) {
            Slot divided = slot.inside.get(Integer.toString(place));
            if (divided == null && next == whole.size()) {
                throw new IllegalArgumentException(slot.name + " has no element " + place);
            }
            all.add(divided != null ? assembled(divided, upcaster) : whole.get(next++));
        }
        return List.copyOf(all);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // keys and values are made of the table's own types
    private Object table(Slot slot, @Nullable Object value, @Nullable Upcaster upcaster) {
        Table table = value == null ? Table.empty() : (Table) value;
        Class<?> keys = Generics.raw(((ParameterizedType) plain(slot.type)).getActualTypeArguments()[0]);
        for (Map.Entry<String, Slot> entry : slot.inside.entrySet()) {
            Object key = parts.key(keys, entry.getKey())
                    .orElseThrow(() -> new IllegalArgumentException(entry.getKey() + " is no key of " + slot.name));
            table = table.with((Comparable) key, assembled(entry.getValue(), upcaster));
        }
        return table;
    }

    private Object record(Slot slot, Class<?> record, @Nullable Upcaster upcaster) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            Slot own = slot.inside.get(name);
            if (own == null && upcaster != null) {
                own = slot.inside.get(upcaster.writtenName(slot.machine, slot.isState, record, name));
            }
            values[i] = own != null ? assembled(own, upcaster) : missing(slot, record, components[i], upcaster);
        }
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(slot.name + " is no " + Names.of(record), e);
        }
    }

    private Object missing(Slot slot, Class<?> record, RecordComponent component, @Nullable Upcaster upcaster) {
        return Optional.ofNullable(upcaster)
                .flatMap(by -> by.missing(slot.machine, slot.isState, record, component.getName()))
                .map(json -> codec.value(json, typeOf(slot, record, component)))
                .orElseThrow(() ->
                        new IllegalArgumentException(Names.of(record) + " has no value for " + component.getName()));
    }

    private static Type plain(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
                ? generic.getActualTypeArguments()[0]
                : type;
    }
}
