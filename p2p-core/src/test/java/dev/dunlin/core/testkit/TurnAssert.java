package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/** Assertions on an input and all that it led to. */
public final class TurnAssert extends AbstractAssert<TurnAssert, Turn> {

    TurnAssert(Turn turn) {
        super(turn, TurnAssert.class);
    }

    /** The input was enabled. */
    public TurnAssert isEnabled() {
        if (actual.rejection(0) != null) {
            throw failure("the input was to be enabled: %s", told());
        }
        return this;
    }

    /** The input was disabled; goes on with why. */
    public RejectionAssert isRejected() {
        return rejected(0);
    }

    /** A derived action of this type was disabled; goes on with why. */
    public RejectionAssert rejected(Class<? extends Action> type) {
        for (int i = 0; i < actual.size(); i++) {
            if (type.isInstance(actual.entry(i)) && actual.rejection(i) != null) {
                return rejected(i);
            }
        }
        throw failure("some %s was to be rejected: %s", type.getSimpleName(), told());
    }

    private RejectionAssert rejected(int index) {
        return StoreDriver.rejections(actual)
                .filter(rejection -> rejection.id().index() == index)
                .findFirst()
                .map(RejectionAssert::new)
                .orElseThrow(() -> failure("%s was to be rejected: %s", actual.entry(index), told()));
    }

    /** Nothing in it was disabled. */
    public TurnAssert rejectedNothing() {
        if (StoreDriver.rejections(actual).findAny().isPresent()) {
            throw failure("nothing was to be rejected: %s", told());
        }
        return this;
    }

    /** It led to this enabled action. */
    public TurnAssert ledTo(Action action) {
        for (int i = 1; i < actual.size(); i++) {
            if (actual.entry(i).equals(action) && actual.rejection(i) == null) {
                return this;
            }
        }
        throw failure("it was to lead to %s: %s", action, told());
    }

    /** It led to actions and effects of just these types, in this order. */
    public TurnAssert ledToExactly(Class<?>... types) {
        List<Class<?>> found = new ArrayList<>();
        for (int i = 1; i < actual.size(); i++) {
            found.add(actual.entry(i).getClass());
        }
        if (!found.equals(Arrays.asList(types))) {
            throw failure("it was to lead to %s: %s", Arrays.toString(types), told());
        }
        return this;
    }

    /** It led to nothing. */
    public TurnAssert ledToNothing() {
        return ledToExactly();
    }

    /** It emitted these effects among others. */
    public TurnAssert emitted(Effect... effects) {
        List<Effect> found = actual.effects().stream().map(Turn.Emitted::effect).toList();
        if (!found.containsAll(Arrays.asList(effects))) {
            throw failure("it was to emit %s: %s", Arrays.toString(effects), told());
        }
        return this;
    }

    /** It emitted just these effects, in this order. */
    public TurnAssert emittedExactly(Effect... effects) {
        List<Effect> found = actual.effects().stream().map(Turn.Emitted::effect).toList();
        if (!found.equals(Arrays.asList(effects))) {
            throw failure("it was to emit just %s: %s", Arrays.toString(effects), told());
        }
        return this;
    }

    /** It emitted no effect. */
    public TurnAssert emittedNothing() {
        return emittedExactly();
    }

    /** Just these machines have another state than before, in mounting order. */
    public TurnAssert changedOnly(String... machines) {
        List<String> changed =
                actual.changed().stream().map(Turn.Changed::machine).toList();
        if (!changed.equals(Arrays.asList(machines))) {
            throw failure("it was to change %s and changed %s: %s", Arrays.toString(machines), changed, told());
        }
        return this;
    }

    /** No machine has another state than before. */
    public TurnAssert changedNothing() {
        return changedOnly();
    }

    private String told() {
        return Describe.turn(actual);
    }
}
