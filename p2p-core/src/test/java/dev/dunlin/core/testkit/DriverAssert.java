package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on a driven store as it stands. */
public final class DriverAssert<R> extends AbstractAssert<DriverAssert<R>, StoreDriver<R>> {

    DriverAssert(StoreDriver<R> driver) {
        super(driver, DriverAssert.class);
    }

    /** Effects of just these types await an answer, oldest first. */
    @SafeVarargs
    public final DriverAssert<R> awaits(Class<? extends Effect>... types) {
        List<? extends Class<?>> found = actual.awaiting().stream()
                .map(Turn.Emitted::effect)
                .map(Object::getClass)
                .toList();
        if (!found.equals(Arrays.asList(types))) {
            throw failure("%s were to await an answer, not %s", Arrays.toString(types), actual.awaiting());
        }
        return this;
    }

    /** Just these handles are open in the world, in order. */
    public DriverAssert<R> hasOpen(Handle... handles) {
        if (!actual.openHandles().equals(Arrays.asList(handles))) {
            throw failure("%s were to be open, not %s", Arrays.toString(handles), actual.openHandles());
        }
        return this;
    }

    /** The next tick is due after some microseconds. */
    public DriverAssert<R> ticksIn(long micros) {
        long found = actual.store().nextDeadline() - actual.now();
        if (found != micros) {
            throw failure("the next tick was to be due in %s us, not in %s us", micros, found);
        }
        return this;
    }

    /** A subject is in a phase of a machine's diagram. */
    public DriverAssert<R> hasPhase(String machine, Subject subject, String phase) {
        for (Machine<? super R, ?, ?> mounted : actual.store().machines()) {
            if (mounted.name().equals(machine)) {
                String found = phase(
                        mounted, actual.store().statesOf(actual.store().state()).get(machine), subject);
                if (!found.equals(phase)) {
                    throw failureWithActualExpected(
                            found, phase, "%s was to be in the phase %s of %s, not %s", subject, phase, machine, found);
                }
                return this;
            }
        }
        throw failure("no machine %s is mounted", machine);
    }

    private static <S> String phase(Machine<?, S, ?> machine, @Nullable Object state, Subject subject) {
        if (state == null) {
            throw new AssertionError("no state of " + machine.name());
        }
        return machine.phase(machine.state().cast(state), subject);
    }
}
