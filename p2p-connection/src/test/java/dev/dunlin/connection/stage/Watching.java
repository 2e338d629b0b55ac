package dev.dunlin.connection.stage;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.testkit.Altered;
import java.util.HashMap;
import java.util.Map;

/** Makes a slice that does as another, and throws on a transition that is not declared. */
final class Watching {

    private Watching() {}

    static <V, S, A extends Action> Slice<V, S, A> over(Slice<V, S, A> slice) {
        Map<Class<?>, String> names = new HashMap<>();
        slice.types().actions().forEach((name, type) -> names.put(type, name));
        return Altered.of(slice).reducing((own, action, ctx) -> {
            S after = slice.reduce(own, action, ctx);
            Subject subject = slice.about(action);
            Transition transition = new Transition(
                    slice.phase(own, subject), names.getOrDefault(action.getClass(), "?"), slice.phase(after, subject));
            if (!slice.transitions().contains(transition)) {
                throw new AssertionError("not declared: " + transition + " by " + action);
            }
            return after;
        });
    }
}
