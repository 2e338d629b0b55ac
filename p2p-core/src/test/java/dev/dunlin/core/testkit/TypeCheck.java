package dev.dunlin.core.testkit;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.OpenUnion;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.TypeTable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Finds what in a machine's types could not be written, read or digested. */
final class TypeCheck {

    private static final Set<Class<?>> LEAVES = Set.of(
            long.class,
            Long.class,
            int.class,
            Integer.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            boolean.class,
            Boolean.class,
            char.class,
            Character.class,
            double.class,
            Double.class,
            String.class,
            OptionalInt.class,
            OptionalLong.class);

    private static final Set<Class<?>> CONTAINERS = Set.of(Optional.class, List.class, Table.class);

    private final TypeTable table;
    private final List<String> problems = new ArrayList<>();
    private final Set<Type> seen = new HashSet<>();

    private TypeCheck(TypeTable table) {
        this.table = table;
    }

    /** A sentence for each mistake. */
    static List<String> problems(Machine<?, ?, ?> machine) {
        return problems(machine, machine.types());
    }

    /** A sentence for each mistake, if the names were those of a table. */
    static List<String> problems(Machine<?, ?, ?> machine, TypeTable names) {
        TypeCheck check = new TypeCheck(names);
        check.names(machine);
        check.table.actions().forEach((name, type) -> check.type(type, Map.of(), check.table.fullName(name)));
        check.type(machine.state(), Map.of(), "the state of " + machine.name());
        return check.problems;
    }

    private void names(Machine<?, ?, ?> machine) {
        for (Class<?> leaf : TypeArbitraries.leaves(machine.actions())) {
            if (!table.actions().containsValue(leaf)) {
                problems.add(leaf.getName() + " has no name in the type table");
            }
        }
        for (Class<? extends Action> type : new HashSet<>(table.actions().values())) {
            if (Collections.frequency(table.actions().values(), type) > 1) {
                problems.add(type.getName() + " has several names in the type table");
            }
        }
        table.renamed().forEach((former, name) -> {
            boolean known = table.actions().keySet().stream()
                    .anyMatch(own -> table.fullName(own).equals(name));
            if (!known) {
                problems.add(former + " was renamed to " + name + ", which is no type's name");
            }
        });
    }

    private void type(Type type, Map<TypeVariable<?>, Type> bound, String where) {
        switch (type) {
            case Class<?> raw -> raw(raw, List.of(), where);
            case ParameterizedType generic -> {
                List<Type> arguments = new ArrayList<>();
                for (Type argument : generic.getActualTypeArguments()) {
                    arguments.add(bound.getOrDefault(argument, argument));
                }
                raw((Class<?>) generic.getRawType(), arguments, where);
            }
            case TypeVariable<?> variable -> {
                Type actual = bound.get(variable);
                type(actual == null ? variable.getBounds()[0] : actual, Map.of(), where);
            }
            case WildcardType wildcard -> type(wildcard.getUpperBounds()[0], bound, where);
            default -> problems.add(where + " is a " + type.getTypeName() + ", which has no canonical content");
        }
    }

    private void raw(Class<?> raw, List<Type> arguments, String where) {
        if (LEAVES.contains(raw)) {
            return;
        }
        if (CONTAINERS.contains(raw)) {
            if (arguments.isEmpty()) {
                problems.add(where + " is a raw " + raw.getSimpleName());
            }
            arguments.forEach(argument -> type(argument, Map.of(), "an element of " + where));
            return;
        }
        if (Canonical.class.isAssignableFrom(raw) || raw.isEnum() || (arguments.isEmpty() && !seen.add(raw))) {
            return;
        }
        if (raw.isSealed()) {
            sealed(raw, arguments, where);
        } else if (raw.isAnnotationPresent(OpenUnion.class)) {
            table.variants().getOrDefault(raw, Map.of()).values().forEach(type -> raw(type, List.of(), where));
        } else if (raw.isRecord()) {
            record(raw, arguments);
        } else {
            problems.add(where + " is a " + raw.getName() + ", which has no canonical content");
        }
    }

    private void sealed(Class<?> raw, List<Type> arguments, String where) {
        Map<String, Class<?>> variants = table.variants().getOrDefault(raw, Map.of());
        for (Class<?> leaf : TypeArbitraries.leaves(raw)) {
            if (!variants.containsValue(leaf)) {
                problems.add(where + " is a " + raw.getSimpleName() + ", whose variant " + leaf.getName()
                        + " has no name in the type table");
            }
            raw(leaf, leaf.getTypeParameters().length == arguments.size() ? arguments : List.of(), where);
        }
    }

    private void record(Class<?> raw, List<Type> arguments) {
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            bound.put(raw.getTypeParameters()[i], arguments.get(i));
        }
        for (RecordComponent component : raw.getRecordComponents()) {
            type(component.getGenericType(), bound, raw.getSimpleName() + "." + component.getName());
        }
    }
}
