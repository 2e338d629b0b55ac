package dev.dunlin.core.state;

import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Digests any value that may stand in the state tree or in an action: records of such values, tables, lists,
 * optionals, enums, strings, numbers, truth values, and whatever is {@link Canonical}. The digest depends on
 * content alone: component values in their declared order, names of enum constants, and the {@linkplain Names names} of records
 * that are one of several; where a component is declared as a record, its class has no name in it.
 */
public final class Content {

    private Content() {}

    /**
     * The digest of a value.
     *
     * @throws IllegalArgumentException if the value, or a part of it, is of no kind listed above
     */
    public static Digest digest(Object value) {
        Hasher hasher = new Hasher();
        feed(value, hasher);
        return hasher.finish();
    }

    /** About how many bytes the content of a value has: its canonical form in 8-byte words, times 8. */
    public static long bytes(Object value) {
        Hasher hasher = new Hasher();
        feed(value, hasher);
        return hasher.words() * Long.BYTES;
    }

    /**
     * Feeds a value.
     *
     * @throws IllegalArgumentException as {@link #digest}
     */
    public static void feed(Object value, Hasher sink) {
        switch (value) {
            case Canonical canonical -> canonical.feed(sink);
            case Record record -> FEEDERS.get(record.getClass()).feed(record, sink);
            case String text -> sink.putString(text);
            case Long number -> sink.putLong(number);
            case Integer number -> sink.putInt(number);
            case Boolean truth -> sink.putBoolean(truth);
            case Enum<?> constant -> sink.putString(constant.name());
            case Optional<?> optional -> {
                sink.putBoolean(optional.isPresent());
                if (optional.isPresent()) {
                    feed(optional.get(), sink);
                }
            }
            case OptionalLong optional -> {
                sink.putBoolean(optional.isPresent());
                sink.putLong(optional.orElse(0));
            }
            case OptionalInt optional -> {
                sink.putBoolean(optional.isPresent());
                sink.putInt(optional.orElse(0));
            }
            case List<?> list -> {
                sink.putInt(list.size());
                for (Object element : list) {
                    feed(element, sink);
                }
            }
            case Short number -> sink.putInt(number);
            case Byte number -> sink.putInt(number);
            case Character unit -> sink.putInt(unit);
            case Double number -> sink.putDouble(number);
            default ->
                throw new IllegalArgumentException(
                        value.getClass().getName() + " has no canonical content: use a record, Table, List, Optional, "
                                + "enum, string or number, or implement Canonical");
        }
    }

    @FunctionalInterface
    private interface Feeder {
        void feed(Object record, Hasher sink);
    }

    private static final ClassValue<Feeder> FEEDERS = new ClassValue<>() {
        @Override
        protected Feeder computeValue(Class<?> type) {
            return recordFeeder(type);
        }
    };

    /** Why the components of a record cannot be read, and what to do about it. */
    public static IllegalArgumentException unreadable(Class<?> type, Throwable why) {
        return new IllegalArgumentException(
                "cannot read the components of " + type.getName() + ": " + why + ". Its class loader must see Dunlin's"
                        + " classes, and its module must open its package to them",
                why);
    }

    private static Feeder recordFeeder(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Feeder[] feeders = new Feeder[components.length];
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (int i = 0; i < components.length; i++) {
                feeders[i] = componentFeeder(lookup, components[i]);
            }
        } catch (Throwable e) {
            throw unreadable(type, e);
        }
        if (!Names.isAlternative(type)) {
            return (record, sink) -> {
                for (Feeder feeder : feeders) {
                    feeder.feed(record, sink);
                }
            };
        }
        long name = new Hasher().putString(Names.of(type)).finish().low();
        return (record, sink) -> {
            sink.putLong(name);
            for (Feeder feeder : feeders) {
                feeder.feed(record, sink);
            }
        };
    }

    // Accessors are made functional interfaces once per type: some five times quicker than a method handle's
    // generic invocation, and this runs for every recorded action.
    @SuppressWarnings("unchecked")
    private static Feeder componentFeeder(MethodHandles.Lookup lookup, RecordComponent component) throws Throwable {
        MethodHandle accessor = lookup.unreflect(component.getAccessor());
        Class<?> type = component.getType();
        if (type == long.class) {
            ToLongFunction<Object> get = (ToLongFunction<Object>)
                    accessorAs(lookup, accessor, "applyAsLong", ToLongFunction.class, long.class);
            return (record, sink) -> sink.putLong(get.applyAsLong(record));
        }
        if (type == int.class) {
            ToIntFunction<Object> get =
                    (ToIntFunction<Object>) accessorAs(lookup, accessor, "applyAsInt", ToIntFunction.class, int.class);
            return (record, sink) -> sink.putInt(get.applyAsInt(record));
        }
        if (type.isPrimitive()) {
            MethodHandle boxed = accessor.asType(MethodType.methodType(Object.class, Object.class));
            return (record, sink) -> feed(invoke(boxed, record), sink);
        }
        Function<Object, Object> get =
                (Function<Object, Object>) accessorAs(lookup, accessor, "apply", Function.class, Object.class);
        if (type == String.class) {
            return (record, sink) -> sink.putString((String) get.apply(record));
        }
        if (Canonical.class.isAssignableFrom(type)) {
            return (record, sink) -> ((Canonical) get.apply(record)).feed(sink);
        }
        return (record, sink) -> feed(get.apply(record), sink);
    }

    private static Object accessorAs(
            MethodHandles.Lookup lookup, MethodHandle accessor, String method, Class<?> as, Class<?> result)
            throws Throwable {
        if (!lookup.hasFullPrivilegeAccess()) {
            // A record of another class loader, such as of a user's jar: in its module nothing can be made.
            MethodHandle general = accessor.asType(MethodType.methodType(Object.class, Object.class));
            return as == ToLongFunction.class
                    ? (ToLongFunction<Object>) record -> (long) invoke(general, record)
                    : as == ToIntFunction.class
                            ? (ToIntFunction<Object>) record -> (int) invoke(general, record)
                            : (Function<Object, Object>) record -> invoke(general, record);
        }
        CallSite site = LambdaMetafactory.metafactory(
                lookup,
                method,
                MethodType.methodType(as),
                MethodType.methodType(result, Object.class),
                accessor,
                accessor.type());
        return site.getTarget().invoke();
    }

    private static Object invoke(MethodHandle accessor, Object record) {
        try {
            return accessor.invokeExact(record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a record accessor threw a checked exception", e);
        }
    }
}
