package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.codec.Upcaster;
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
        private @Nullable Object value;
        private @Nullable Class<?> record;
        private final Map<String, Slot> inside = new LinkedHashMap<>();

        private Slot(String machine, String name, Type type) {
            this.machine = machine;
            this.name = name;
            this.type = type;
        }

        /** A machine's state. */
        static Slot of(String machine, Class<?> state) {
            return new Slot(machine, machine, state);
        }

        /** Drops what was read, and keeps which records are divided: what is read next may stand in them. */
        void forgetValues() {
            value = null;
            inside.values().removeIf(slot -> slot.record == null && slot.inside.isEmpty());
            inside.values().forEach(Slot::forgetValues);
        }
    }

    /** Takes one part of a machine's state. */
    void take(Slot machine, String type, JsonNode payload, @Nullable Upcaster upcaster) {
        Slot slot = machine;
        JsonNode path = payload.path("path");
        for (int i = 1; i < path.size() && slot != null; i++) {
            slot = inside(slot, path.get(i).asString(), upcaster);
        }
        if (slot == null) {
            return;
        }
        switch (type) {
            case SnapshotFormat.VALUE -> slot.value = value(slot, payload.get("value"), upcaster);
            case SnapshotFormat.ENTRIES -> slot.value = merged(slot, value(slot, payload.get("entries"), upcaster));
            case SnapshotFormat.ELEMENTS -> slot.value = merged(slot, value(slot, payload.get("elements"), upcaster));
            case SnapshotFormat.RECORD -> {
                String kind = payload.path("kind").asString("");
                slot.record = kind.isEmpty() ? raw(plain(slot.type)) : variant(slot, kind);
            }
            default -> throw new IllegalArgumentException("a snapshot has no parts of the type " + type);
        }
    }

    private Class<?> variant(Slot slot, String kind) {
        Class<?> union = raw(plain(slot.type));
        return codec.variant(union, kind)
                .orElseThrow(() -> new IllegalArgumentException(kind + " is no " + union.getSimpleName()));
    }

    // Null where this build has no such field any more.
    private @Nullable Slot inside(Slot slot, String name, @Nullable Upcaster upcaster) {
        Slot known = slot.inside.get(name);
        if (known != null) {
            return known;
        }
        Type type = slot.record == null ? tableValue(slot) : componentType(slot, slot.record, name, upcaster);
        if (type == null) {
            return null;
        }
        Slot fresh = new Slot(slot.machine, name, type);
        slot.inside.put(name, fresh);
        return fresh;
    }

    private static Type tableValue(Slot slot) {
        if (plain(slot.type) instanceof ParameterizedType generic && generic.getRawType() == Table.class) {
            return generic.getActualTypeArguments()[1];
        }
        throw new IllegalArgumentException("nothing stands inside of " + slot.name);
    }

    private static @Nullable Type componentType(
            Slot slot, Class<?> record, String written, @Nullable Upcaster upcaster) {
        for (RecordComponent component : record.getRecordComponents()) {
            String expected = upcaster == null
                    ? component.getName()
                    : upcaster.writtenName(slot.machine, isState(slot), record, component.getName());
            if (component.getName().equals(written) || expected.equals(written)) {
                return component.getGenericType();
            }
        }
        if (upcaster == null) {
            throw new IllegalArgumentException(record.getSimpleName() + " has no field " + written);
        }
        return null;
    }

    private static boolean isState(Slot slot) {
        return slot.name.equals(slot.machine);
    }

    private Object value(Slot slot, JsonNode json, @Nullable Upcaster upcaster) {
        JsonNode shaped = upcaster == null
                ? json
                : isState(slot)
                        ? upcaster.state(slot.machine, raw(slot.type), json)
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
        boolean optional = raw(slot.type) == Optional.class;
        return optional && !(made instanceof Optional) ? Optional.of(made) : made;
    }

    private Object made(Slot slot, @Nullable Upcaster upcaster) {
        Class<?> record = slot.record;
        if (record != null) {
            return record(slot, record, upcaster);
        }
        Object value = slot.value;
        if (value instanceof List<?> list) {
            return List.copyOf(list);
        }
        if (slot.inside.isEmpty()) {
            if (value == null) {
                throw new IllegalArgumentException(slot.name + " has no value");
            }
            return value;
        }
        return table(slot, value, upcaster);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // keys and values are made of the table's own types
    private Object table(Slot slot, @Nullable Object value, @Nullable Upcaster upcaster) {
        Table table = value == null ? Table.empty() : (Table) value;
        Class<?> keys = raw(((ParameterizedType) plain(slot.type)).getActualTypeArguments()[0]);
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
                own = slot.inside.get(upcaster.writtenName(slot.machine, isState(slot), record, name));
            }
            values[i] = own != null ? assembled(own, upcaster) : missing(slot, record, components[i], upcaster);
        }
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(slot.name + " is no " + record.getSimpleName(), e);
        }
    }

    private Object missing(Slot slot, Class<?> record, RecordComponent component, @Nullable Upcaster upcaster) {
        return Optional.ofNullable(upcaster)
                .flatMap(by -> by.missing(slot.machine, isState(slot), record, component.getName()))
                .map(json -> codec.value(json, component.getGenericType()))
                .orElseThrow(() -> new IllegalArgumentException(
                        record.getSimpleName() + " has no value for " + component.getName()));
    }

    private static Type plain(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
                ? generic.getActualTypeArguments()[0]
                : type;
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? raw(generic.getRawType()) : (Class<?>) type;
    }
}
