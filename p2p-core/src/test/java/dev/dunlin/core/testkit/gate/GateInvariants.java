package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.testkit.gate.GateState.Gate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of gates. */
final class GateInvariants {

    static final List<Invariant<GateState>> ALL = List.of(
            new Invariant<>("at-most-three", GateInvariants::tooMany),
            new Invariant<>("opening-has-a-deadline", GateInvariants::withoutDeadline));

    private GateInvariants() {}

    private static Optional<String> tooMany(GateState own) {
        return own.gates().size() <= GateGuards.MAX_GATES
                ? Optional.empty()
                : Optional.of(own.gates().size() + " gates are not shut");
    }

    private static Optional<String> withoutDeadline(GateState own) {
        for (Map.Entry<String, Gate> entry : own.gates()) {
            if (!(entry.getValue() instanceof Gate.Closing) && entry.getValue().at() == Due.NEVER) {
                return Optional.of(entry.getKey() + " has none");
            }
        }
        return Optional.empty();
    }
}
