package dev.dunlin.core.store;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.TextType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the types that a machine writes, from its actions, effects, outcomes and state, and names them after their records. */
final class TypeDiscovery {

    private final TypeTable.Builder table;
    private final Set<Class<?>> seen = new HashSet<>();

    private TypeDiscovery(TypeTable.Builder table) {
        this.table = table;
    }

    static TypeTable table(
            String machine,
            Class<? extends Action> actions,
            List<Class<? extends Action>> others,
            Class<?> state,
            Map<Class<?>, List<? extends Class<?>>> unions,
            List<Consumer<TypeTable.Builder>> evolution,
            List<TextType<?>> texts) {
        TypeTable.Builder table = TypeTable.of(machine);
        TypeDiscovery discovery = new TypeDiscovery(table);
        texts.forEach(text -> {
            table.text(text);
            discovery.seen.add(text.type());
        });
        unions.forEach(discovery::union);
        discovery.actions(actions);
        others.forEach(discovery::actions);
        discovery.inside(state);
        evolution.forEach(step -> step.accept(table));
        return table.build();
    }

    private void actions(Class<? extends Action> type) {
        for (Class<?> leaf : Mounting.leaves(type)) {
            table.action(Names.of(leaf), leaf.asSubclass(Action.class));
            components(leaf);
        }
    }

    private void components(Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        for (RecordComponent component : components == null ? new RecordComponent[0] : components) {
            inside(component.getGenericType());
        }
    }

    private void inside(Type type) {
        if (type instanceof ParameterizedType generic) {
            // A generic record's own components; what its arguments are made of comes after.
            inside(generic.getRawType());
            for (Type argument : generic.getActualTypeArguments()) {
                inside(argument);
            }
        } else if (type instanceof Class<?> cls && !Canonical.class.isAssignableFrom(cls) && seen.add(cls)) {
            if (cls.isRecord()) {
                components(cls);
            } else if (cls.isInterface() && cls.isSealed()) {
                alternatives(cls);
            }
        }
    }

    private void alternatives(Class<?> union) {
        alternatives(union, Mounting.leaves(union));
    }

    private void alternatives(Class<?> union, List<? extends Class<?>> leaves) {
        for (Class<?> leaf : leaves) {
            if (leaf.isRecord()) {
                variant(union, leaf);
                components(leaf);
            }
        }
    }

    private void union(Class<?> union, List<? extends Class<?>> types) {
        seen.add(union);
        alternatives(
                union,
                types.stream()
                        .map(Mounting::leaves)
                        .flatMap(List::stream)
                        .distinct()
                        .toList());
    }

    private <T> void variant(Class<T> union, Class<?> leaf) {
        table.variant(union, Names.of(leaf), leaf.asSubclass(union));
    }
}
