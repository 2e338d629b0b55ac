package dev.dunlin.core.testkit;

import dev.dunlin.core.state.Table;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Takes values of the state tree apart and puts them together again, by reflection. */
final class Values {

    /** How records of a type are taken apart and made: looked up once, as each lookup makes accessors that begin cold. */
    private record Shape(List<Method> accessors, Constructor<?> constructor) {

        static Shape of(Class<?> type) {
            List<Method> accessors = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                accessors.add(component.getAccessor());
            }
            return new Shape(List.copyOf(accessors), canonical(type));
        }
    }

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private Values() {}

    /** The value made anew from its parts, tables in reverse order. */
    static Object rebuilt(Object value) {
        return mapped(value, leaf -> leaf);
    }

    /** The value made anew, each part first put through a function; a part that the function changes is not taken apart. */
    static Object mapped(Object value, UnaryOperator<Object> change) {
        Object changed = change.apply(value);
        if (changed != value) {
            return changed;
        }
        return switch (value) {
            case Record record -> record(record, change);
            case Optional<?> optional -> optional.map(inner -> mapped(inner, change));
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                list.forEach(element -> copy.add(mapped(element, change)));
                yield List.copyOf(copy);
            }
            case Table<?, ?> table -> table(table, change);
            default -> value;
        };
    }

    private static Object record(Record record, UnaryOperator<Object> change) {
        Shape shape = SHAPES.get(record.getClass());
        Object[] values = new Object[shape.accessors.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = mapped(component(record, shape.accessors.get(i)), change);
        }
        return make(shape.constructor, values);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object table(Table<?, ?> table, UnaryOperator<Object> change) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>();
        for (Map.Entry<?, ?> entry : table) {
            entries.add(entry);
        }
        Collections.reverse(entries);
        Table copy = Table.empty();
        for (Map.Entry<?, ?> entry : entries) {
            copy = copy.with((Comparable) mapped(entry.getKey(), change), mapped(entry.getValue(), change));
        }
        return copy;
    }

    private static Object component(Record record, Method accessor) {
        try {
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("cannot read " + accessor, e);
        }
    }

    static Constructor<?> canonical(Class<?> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " has no canonical constructor", e);
        }
    }

    /** Calls a constructor; what it throws unchecked comes out as it is. */
    static Object make(Constructor<?> constructor, Object... values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalArgumentException(
                    "cannot make " + constructor.getDeclaringClass().getName(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "cannot make " + constructor.getDeclaringClass().getName(), e);
        }
    }
}
