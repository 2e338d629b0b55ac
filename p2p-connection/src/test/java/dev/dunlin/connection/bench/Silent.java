package dev.dunlin.connection.bench;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;

/** A machine that takes every action of another and does nothing, in its place: what it would say, the test says. */
public final class Silent {

    private Silent() {}

    /** Its state. */
    public record Nothing() {}

    /** In place of the machine of a name and actions, a sealed interface of records. */
    public static <A extends Action> Machine<Object, Nothing, A> of(String name, Class<A> actions) {
        Guards.Builder<Object, Nothing, A> always = Guards.of();
        enable(actions, actions, always);
        return Machine.of(name, new Nothing())
                .actions(actions)
                .guards(always.build())
                .phases((own, subject) -> "silent")
                .budget(1024);
    }

    private static <A extends Action> void enable(
            Class<?> type, Class<A> actions, Guards.Builder<Object, Nothing, A> always) {
        if (!type.isSealed()) {
            always.always(type.asSubclass(actions));
            return;
        }
        for (Class<?> one : type.getPermittedSubclasses()) {
            enable(one, actions, always);
        }
    }
}
