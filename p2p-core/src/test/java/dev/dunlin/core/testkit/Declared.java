package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a machine that does as another, and throws on a transition that is not declared: for tests that drive a store by
 * hand or simulate one, as the laws ask it in random sequences.
 */
public final class Declared {

    private Declared() {}

    /**
     * A machine whose reducer throws an {@link AssertionError} when an action's subject moves as no declaration says, and
     * whose boot does when one of the subjects seen so far does.
     */
    public static <V, S, A extends Action> Machine<V, S, A> only(Machine<V, S, A> machine) {
        return only(machine, "");
    }

    /**
     * As above, and what these lines say may happen, too: of subjects of which one node's laws know nothing yet, and which the
     * actions of another node have named.
     */
    public static <V, S, A extends Action> Machine<V, S, A> only(Machine<V, S, A> machine, String besides) {
        Set<Transition> declared = new HashSet<>(machine.transitions());
        declared.addAll(Transition.parse(besides));
        Map<Class<?>, String> names = new HashMap<>();
        machine.types().actions().forEach((name, type) -> names.put(type, name));
        Set<Subject> seen = ConcurrentHashMap.newKeySet();
        seen.add(Subject.MACHINE);
        return machine.altered()
                .reduces((own, action, ctx) -> {
                    S after = machine.reduce(own, action, ctx);
                    Subject subject = action.about();
                    seen.add(subject);
                    check(
                            declared,
                            taken(machine, own, names.getOrDefault(action.getClass(), "?"), after, subject),
                            subject);
                    return after;
                })
                .boots((own, booted, ctx) -> {
                    S after = machine.boot(own, booted, ctx);
                    for (Subject subject : seen) {
                        Transition taken = taken(machine, own, Transition.BOOTED, after, subject);
                        if (!taken.from().equals(taken.to())) {
                            check(declared, taken, subject);
                        }
                    }
                    return after;
                })
                .budget(machine.byteBudget());
    }

    private static <S> Transition taken(Machine<?, S, ?> machine, S own, String action, S after, Subject subject) {
        return new Transition(machine.phase(own, subject), action, machine.phase(after, subject));
    }

    private static void check(Set<Transition> declared, Transition taken, Subject subject) {
        if (!declared.contains(taken)) {
            throw new AssertionError("not declared: " + Coverage.arrow(taken) + " of " + subject);
        }
    }
}
