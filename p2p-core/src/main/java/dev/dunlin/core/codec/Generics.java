package dev.dunlin.core.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of what stands in generic records, such as a {@link dev.dunlin.core.store.Pool} of queries. */
public final class Generics {

    private Generics() {}

    /** The class of a type, without its arguments. */
    public static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? raw(generic.getRawType()) : (Class<?>) type;
    }

    /** The type of a component, where the record stands with arguments. */
    public static Type component(Type record, RecordComponent component) {
        return record instanceof ParameterizedType generic
                ? resolved(component.getGenericType(), generic)
                : component.getGenericType();
    }

    private static Type resolved(Type type, ParameterizedType in) {
        if (type instanceof TypeVariable<?> variable) {
            TypeVariable<?>[] all = raw(in).getTypeParameters();
            int place = Arrays.asList(all).indexOf(variable);
            return place < 0 ? type : in.getActualTypeArguments()[place];
        }
        if (type instanceof ParameterizedType generic) {
            return new Resolved(
                    raw(generic),
                    Arrays.stream(generic.getActualTypeArguments())
                            .map(argument -> resolved(argument, in))
                            .toList());
        }
        return type;
    }

    private record Resolved(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(new Type[0]);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }
    }
}
