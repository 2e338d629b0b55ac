package dev.dunlin.node.bootstrap.extension;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How loaded a node is. */
class PressureMonitorTest {

    private final List<Action> told = new ArrayList<>();
    private double used;
    private boolean isFull;

    private final Port port = new Port() {
        @Override
        public void answer(ActionId request, Action fact) {
            throw new AssertionError("nothing was asked");
        }

        @Override
        public <A extends Action & Action.EndsHandle> void ended(A fact) {
            throw new AssertionError("there is no handle");
        }

        @Override
        public Offer offer(Action fact) {
            if (isFull) {
                return Offer.FULL;
            }
            told.add(fact);
            return Offer.TAKEN;
        }
    };

    private void is(double part, PressureMonitor monitor) {
        used = part;
        monitor.look();
    }

    @ParameterizedTest
    @CsvSource({
        "0.79, NORMAL, NORMAL",
        "0.80, NORMAL, ELEVATED",
        "0.92, NORMAL, CRITICAL",
        "0.76, ELEVATED, ELEVATED",
        "0.74, ELEVATED, NORMAL",
        "0.91, ELEVATED, ELEVATED",
        "0.92, ELEVATED, CRITICAL",
        "0.88, CRITICAL, CRITICAL",
        "0.86, CRITICAL, ELEVATED",
        "0.10, CRITICAL, NORMAL"
    })
    void aLevelRisesAtOnceAndFallsWhenThereIsRoomAgain(double part, Level before, Level after) {
        assertThat(PressureMonitor.level(part, before)).isEqualTo(after);
    }

    @Test
    void whatHasChangedIsToldOnceAndAgainIfItWasNotTaken() {
        try (PressureMonitor monitor = new PressureMonitor(port, () -> used)) {
            is(0.5, monitor);
            is(0.85, monitor);
            is(0.85, monitor);
            isFull = true;
            is(0.95, monitor);
            isFull = false;
            is(0.95, monitor);
            is(0.1, monitor);
        }
        assertThat(told)
                .containsExactly(
                        new SessionAction.Pressed(Level.ELEVATED),
                        new SessionAction.Pressed(Level.CRITICAL),
                        new SessionAction.Pressed(Level.NORMAL));
    }

    @Test
    void ofThisProcessAPartIsUsed() {
        assertThat(PressureMonitor.ofProcess().getAsDouble()).isBetween(0.0, 1.0);
    }
}
