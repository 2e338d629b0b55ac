package dev.dunlin.core.store;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is checked of a machine before it is mounted, so that its author's mistakes are found at start. */
final class Mounting {

    private Mounting() {}

    // Tickets of callers outside the store have the one name, digests of what an input led to the other.
    private static final Set<String> RESERVED = Set.of(Ticket.API, "derived");

    static void check(Machine<?, ?, ?> machine) {
        if (RESERVED.contains(machine.name())) {
            throw new IllegalArgumentException("no machine may be named " + machine.name() + ": give it another name");
        }
        if (!machine.types().machine().equals(machine.name())) {
            throw new IllegalArgumentException("the machine " + machine.name() + " has the type table of "
                    + machine.types().machine());
        }
        if (!machine.state().isRecord()) {
            throw new IllegalArgumentException("the state of the machine " + machine.name() + " is a "
                    + machine.state().getName() + ", and no record");
        }
        for (Class<?> type : leaves(machine.actions())) {
            if (!machine.types().actions().containsValue(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has no name in the type table of " + machine.name());
            }
            if (!machine.guards().covers(type)) {
                throw new IllegalArgumentException(type.getName() + " has no guard in " + machine.name()
                        + ": give it one by on(…), or by always(…) if it may always happen");
            }
        }
        Set<Class<?>> types = new HashSet<>();
        for (Map.Entry<String, Class<? extends Action>> entry :
                machine.types().actions().entrySet()) {
            Class<? extends Action> type = entry.getValue();
            if (!types.add(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has two names in the type table of " + machine.name());
            }
            if (!type.isRecord()) {
                throw new IllegalArgumentException(type.getName() + " is no record");
            }
            if (Effect.class.isAssignableFrom(type)) {
                checkKind(type);
            } else if (!Outcome.class.isAssignableFrom(type)
                    && !machine.actions().isAssignableFrom(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " is no action of " + machine.actions().getSimpleName());
            }
        }
        checkNames(machine);
        checkDue(machine);
        checkLive(machine);
    }

    // A setting that may change while the node runs, and a machine that would not know.
    private static void checkLive(Machine<?, ?, ?> machine) {
        if (!machine.reconfigures()) {
            machine.settings().all().stream().filter(Setting::live).findFirst().ifPresent(setting -> {
                throw new IllegalArgumentException("the machine " + machine.name() + " says that " + setting.key()
                        + " may change while the node runs, and not what becomes of its state then: declare"
                        + " configures(…)");
            });
        }
    }

    // A table whose values may be due, and that nobody looks at: its deadlines would pass unseen.
    private static void checkDue(Machine<?, ?, ?> machine) {
        Set<String> tables = new LinkedHashSet<>();
        for (Class<?> variant : variants(machine.state())) {
            dueTables(variant, "", Set.of(), tables);
        }
        if (machine.dues().size() < tables.size()) {
            throw new IllegalArgumentException("the machine " + machine.name() + " has tables whose values may be Due ("
                    + String.join(", ", tables) + "), and says of "
                    + machine.dues().size()
                    + " what an entry becomes that is due: declare due(…) for each, and give tables in which nothing"
                    + " ever is due values that are not Due");
        }
    }

    // The state, and what else it may be if it is one of several.
    private static List<Class<?>> variants(Class<?> state) {
        for (Class<?> above : state.getInterfaces()) {
            if (above.isSealed()) {
                return leaves(above);
            }
        }
        return List.of(state);
    }

    private static void dueTables(Type type, String path, Set<Class<?>> above, Set<String> found) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == Table.class) {
                if (mayBeDue(generic.getActualTypeArguments()[1])) {
                    found.add(path);
                }
            } else if (generic.getRawType() == Optional.class) {
                dueTables(generic.getActualTypeArguments()[0], path, above, found);
            } else {
                dueTables(generic.getRawType(), path, above, found);
            }
        } else if (type instanceof Class<?> cls && cls.isRecord() && !above.contains(cls)) {
            Set<Class<?>> here = new HashSet<>(above);
            here.add(cls);
            for (RecordComponent component : cls.getRecordComponents()) {
                dueTables(
                        component.getGenericType(),
                        path.isEmpty() ? component.getName() : path + "." + component.getName(),
                        here,
                        found);
            }
        }
    }

    private static boolean mayBeDue(Type value) {
        Type bound = value instanceof WildcardType any ? any.getUpperBounds()[0] : value;
        Type raw = bound instanceof ParameterizedType generic ? generic.getRawType() : bound;
        return raw instanceof Class<?> type
                && (Due.class.isAssignableFrom(type)
                        || (type.isSealed() && leaves(type).stream().anyMatch(Due.class::isAssignableFrom)));
    }

    private static void checkNames(Machine<?, ?, ?> machine) {
        Map<String, Class<? extends Action>> actions = machine.types().actions();
        for (Transition transition : machine.transitions()) {
            if (!actions.containsKey(transition.action())
                    && !transition.action().equals(Transition.BOOTED)) {
                throw new IllegalArgumentException("the machine " + machine.name() + " declares a transition by "
                        + transition.action() + ", which is no name in its type table");
            }
        }
        for (Class<?> type : machine.guards().types()) {
            if (!actions.containsValue(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has a guard in " + machine.name() + " and no name in its type table");
            }
        }
        for (Invariant<?> invariant : machine.invariants()) {
            for (Class<?> type : invariant.breakers()) {
                if (!actions.containsValue(type) || Effect.class.isAssignableFrom(type)) {
                    throw new IllegalArgumentException("the invariant " + invariant.name() + " of " + machine.name()
                            + " is said to be broken by " + type.getName() + ", which is no action of the machine");
                }
            }
        }
    }

    private static void checkKind(Class<?> effect) {
        int kinds = 0;
        for (Class<?> kind : List.of(Effect.Request.class, Effect.Subscription.class, Effect.Fire.class)) {
            kinds += kind.isAssignableFrom(effect) ? 1 : 0;
        }
        if (kinds != 1) {
            throw new IllegalArgumentException(
                    effect.getName() + " must be exactly one of Request, Subscription and Fire");
        }
    }

    /** The records of a sealed hierarchy. */
    static List<Class<?>> leaves(Class<?> type) {
        if (!type.isInterface()) {
            return List.of(type);
        }
        if (!type.isSealed()) {
            throw new IllegalArgumentException(type.getName() + " is not sealed: name all its records");
        }
        List<Class<?>> leaves = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            leaves.addAll(leaves(permitted));
        }
        return leaves;
    }
}
