package dev.dunlin.core.debug;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What happened to a subject and why: "why is this peer not connected?".
 *
 * @param subject the subject
 * @param chain the last of what concerns it, in order: actions about it, disabled ones with the clause, effects, and whatever
 *     names it
 * @param total how many there are in all; those before the chain are left out
 * @param rejections how many actions about it were disabled
 * @param lastRejection the last of them, also if it stands before the chain
 * @param step the last step of the log
 * @param phases its phase after that step, by machine in mounting order; only of machines that have told of subjects of its kind
 */
public record Why(
        Subject subject,
        List<Entry> chain,
        long total,
        long rejections,
        Optional<Entry> lastRejection,
        long step,
        Map<String, String> phases) {

    /** Copies the chain. */
    public Why {
        chain = List.copyOf(chain);
    }

    /**
     * Asks an index.
     *
     * @param atMost the longest chain
     */
    public static <R> Why of(LogIndex<R> index, Subject subject, int atMost) {
        Optional<Subjects.Known> known = index.files().subjects.find(subject);
        Map<String, String> phases = new LinkedHashMap<>();
        if (known.isPresent()) {
            StoreState<R> state = index.state(index.last());
            Store<R> store = index.store();
            Map<String, Object> states = store.statesOf(state);
            List<String> kinds = index.files().kinds.all();
            for (Machine<? super R, ?, ?> machine : store.machines()) {
                if (kinds.contains(machine.name() + " " + subject.kind())) {
                    phases.put(machine.name(), phase(machine, own(states, machine), subject));
                }
            }
        }
        return new Why(
                subject,
                index.about(subject, atMost),
                known.map(one -> one.count).orElse(0L),
                known.map(one -> one.rejected).orElse(0L),
                known.filter(one -> one.lastRejected > 0).map(one -> index.entry(one.lastRejected - 1)),
                index.last(),
                phases);
    }

    private static Object own(Map<String, Object> states, Machine<?, ?, ?> machine) {
        return Objects.requireNonNull(states.get(machine.name()), "a mounted machine has a state");
    }

    @SuppressWarnings("unchecked")
    private static <S> String phase(Machine<?, S, ?> machine, Object state, Subject subject) {
        return machine.phase((S) state, subject);
    }
}
