package dev.dunlin.core.state;

/**
 * The names of types in logs and digests. A record is called as its class, beginning in lower case, or as its {@link Named}
 * says. Nothing else of a class, and no package, is ever written or digested.
 */
public final class Names {

    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            Named named = type.getAnnotation(Named.class);
            String simple = type.getSimpleName();
            return named != null ? named.value() : Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
        }
    };

    private Names() {}

    /** The name of a type. */
    public static String of(Class<?> type) {
        return NAMES.get(type);
    }

    /** Whether a type is one of several: a sealed interface or an {@link OpenUnion} stands above it. Then its name is part of its content. */
    public static boolean isAlternative(Class<?> type) {
        for (Class<?> above : type.getInterfaces()) {
            if (above.isSealed() || above.isAnnotationPresent(OpenUnion.class) || isAlternative(above)) {
                return true;
            }
        }
        return false;
    }
}
