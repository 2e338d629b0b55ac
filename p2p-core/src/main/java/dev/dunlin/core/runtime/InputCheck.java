package dev.dunlin.core.runtime;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.Text;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks over an input before it is taken: whether it can be recorded, and read back. */
final class InputCheck {

    /** The longest input, in bytes of its JSON at most: what is longer could not be recorded in one line. */
    static final long MAX_BYTES = 16L << 20;

    /** How deep records, lists, tables and optionals may stand in one another. */
    static final int MAX_DEPTH = 100;

    // Numbers, truth values and what stands around a text.
    private static final int PLAIN = 24;
    private static final int ESCAPED = 6;

    private final Action fact;
    private final Store<?> store;
    private long bytes;

    private InputCheck(Action fact, Store<?> store) {
        this.fact = fact;
        this.store = store;
    }

    /** A component that is no primitive. */
    private record Component(String name, MethodHandle accessor) {}

    /**
     * What of a record must be looked at.
     *
     * @param bytes of its names, its braces, and all that is primitive
     * @param components the others
     */
    private record Shape(int bytes, Component[] components) {}

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return shape(type);
        }
    };

    private static Shape shape(Class<?> type) {
        // Braces, and the name that an alternative has.
        int bytes = 2 + PLAIN + Names.of(type).length();
        RecordComponent[] all = type.getRecordComponents();
        List<Component> components = new ArrayList<>();
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (RecordComponent component : all) {
                bytes += component.getName().length() + 4;
                if (component.getType().isPrimitive()) {
                    bytes += PLAIN;
                } else {
                    components.add(new Component(
                            component.getName(),
                            lookup.unreflect(component.getAccessor())
                                    .asType(MethodType.methodType(Object.class, Object.class))));
                }
            }
        } catch (IllegalAccessException e) {
            throw Content.unreadable(type, e);
        }
        return new Shape(bytes, components.toArray(new Component[0]));
    }

    /**
     * Refuses what could not be recorded and read back.
     *
     * @param store has the machine of the input
     * @throws IllegalArgumentException as {@link Door#check} says
     */
    static void of(Action fact, Store<?> store) {
        new InputCheck(fact, store).value("the input", fact, 0);
    }

    private void value(String name, @Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused("is more than " + MAX_DEPTH + " levels deep");
        }
        switch (value) {
            case null -> throw refused("has no value for " + name);
            case String text -> text(text);
            case Canonical known -> canonical(name, known, depth);
            case Record record -> record(record, depth);
            case List<?> list -> {
                add(PLAIN);
                for (Object element : list) {
                    add(1);
                    value(name, element, depth + 1);
                }
            }
            case Optional<?> optional -> {
                add(PLAIN);
                if (optional.isPresent()) {
                    value(name, optional.get(), depth + 1);
                }
            }
            case Enum<?> constant -> add(PLAIN + constant.name().length());
            default -> add(PLAIN);
        }
    }

    private void record(Record record, int depth) {
        Shape shape = SHAPES.get(record.getClass());
        add(shape.bytes);
        for (Component component : shape.components) {
            value(component.name, read(component, record), depth + 1);
        }
    }

    private static @Nullable Object read(Component component, Record record) {
        try {
            return component.accessor.invokeExact((Object) record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void canonical(String name, Canonical value, int depth) {
        if (value instanceof Table<?, ?> table) {
            add(PLAIN);
            for (Map.Entry<?, ?> entry : table) {
                value(name, entry.getKey(), depth + 1);
                value(name, entry.getValue(), depth + 1);
                add(2);
            }
            return;
        }
        // Text of what it is made of: in hexadecimal at most.
        Hasher content = new Hasher(false);
        value.feed(content);
        add(PLAIN + 2 * Long.BYTES * content.words());
        if (content.hasBrokenText()) {
            throw broken();
        }
    }

    private void text(String text) {
        long length = 2;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // The two halves of a surrogate pair take four bytes together.
            length += unit < ' ' || unit == '"' || unit == '\\'
                    ? ESCAPED
                    : unit < 0x80 ? 1 : Character.isSurrogate(unit) ? 2 : 3;
            if (!Text.isUnicode(text, i)) {
                throw broken();
            }
        }
        add(length);
    }

    private void add(long more) {
        bytes += more;
        if (bytes > MAX_BYTES) {
            throw refused("takes more than " + MAX_BYTES + " bytes, which could not be recorded");
        }
    }

    private IllegalArgumentException broken() {
        return refused("has a text with half a surrogate pair, which is no Unicode and cannot be recorded");
    }

    private IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("an input of the type " + store.nameOf(fact.getClass()) + " " + why);
    }
}
