package dev.dunlin.connection.bench;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.Arrays;
import java.util.List;

/**
 * A slice that takes every action of a machine and does nothing, in place of the machine: what it would say, the test
 * says.
 *
 * @param <A> the machine's actions: a sealed interface of records
 */
public final class Silent<A extends Action> implements Slice<Object, Silent.Nothing, A> {

    /** Its state. */
    public record Nothing() {}

    private static final String PHASE = "silent";

    private final String name;
    private final Class<A> actions;
    private final TypeTable types;
    private final Guards<Object, Nothing, A> guards;

    /** In place of a machine. */
    public Silent(String name, Class<A> actions) {
        this.name = name;
        this.actions = actions;
        TypeTable.Builder table = TypeTable.of(name);
        Guards.Builder<Object, Nothing, A> always = Guards.of();
        for (Class<?> type : leaves(actions)) {
            String simple = type.getSimpleName();
            Class<? extends A> action = type.asSubclass(actions);
            table.action(Character.toLowerCase(simple.charAt(0)) + simple.substring(1), action);
            always.always(action);
        }
        this.types = table.build();
        this.guards = always.build();
    }

    private static List<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses())
                        .flatMap(each -> leaves(each).stream())
                        .toList()
                : List.of(type);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Class<A> actions() {
        return actions;
    }

    @Override
    public Class<Nothing> state() {
        return Nothing.class;
    }

    @Override
    public TypeTable types() {
        return types;
    }

    @Override
    public Nothing initial() {
        return new Nothing();
    }

    @Override
    public Guards<Object, Nothing, A> guards() {
        return guards;
    }

    @Override
    public Nothing reduce(Nothing own, A action, Context ctx) {
        return own;
    }

    @Override
    public List<Transition> transitions() {
        return types.actions().keySet().stream()
                .map(action -> new Transition(PHASE, action, PHASE))
                .toList();
    }

    @Override
    public String phase(Nothing own, Subject subject) {
        return PHASE;
    }

    @Override
    public Subject about(A action) {
        return Subject.MACHINE;
    }

    @Override
    public long byteBudget() {
        return 1024;
    }
}
