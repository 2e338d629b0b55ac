package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.sim.Faults;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.state.Digest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SimulationProgressTest {

    private static final long SECOND = 1_000_000_000L;

    private final StringWriter text = new StringWriter();
    private long now = 5;

    private SimulationProgress progress(boolean terminal) {
        return new SimulationProgress(new PrintWriter(text, true), terminal, 10, () -> now);
    }

    // A run of a thousand events ends after some seconds.
    private void ended(SimulationProgress progress, long seconds, long wrong) {
        now += seconds * SECOND;
        Plan plan = Faults.none("any", 1, new Scenario.Size(1, 1), 1);
        progress.done(new Outcome(plan, Optional.empty(), Digest.ZERO, 1_000, 1, 1, 0, 0, 0, 1), wrong);
    }

    @Test
    void aTerminalShowsABarWithRateAndEstimate() {
        SimulationProgress progress = progress(true);
        ended(progress, 2, 0);
        assertThat(text.toString())
                .isEqualTo("\r\u001b[K[###---------------------------] 1 of 10 runs, 500 events/s, 18 s left");
        ended(progress, 2, 1);
        assertThat(text.toString())
                .endsWith("[######------------------------] 2 of 10 runs, 500 events/s, 16 s left, 1 wrong");
        progress.shrinking(7);
        assertThat(text.toString()).endsWith("left, 1 wrong");
        now += SECOND;
        progress.shrinking(8);
        assertThat(text.toString()).endsWith("\r\u001b[Kshrinking: 8 runs tried");
        progress.end();
        assertThat(text.toString()).as("the line is cleared, once").endsWith("tried\r\u001b[K");
        progress.end();
        assertThat(text.toString()).endsWith("tried\r\u001b[K");
    }

    @Test
    void aTerminalIsNotFlooded() {
        SimulationProgress progress = progress(true);
        ended(progress, 0, 0);
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void elsewhereThereIsAPlainLineEveryTenSeconds() {
        SimulationProgress progress = progress(false);
        ended(progress, 9, 0);
        assertThat(text.toString()).isEmpty();
        ended(progress, 1, 0);
        assertThat(text.toString().lines()).containsExactly("2 of 10 runs, 200 events/s, 40 s left");
        progress.end();
        assertThat(text.toString()).doesNotContain("\r", "\u001b");
    }
}
