package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.core.debug.LogShrinker;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario.Size;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.store.Store;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A log that good code recorded, replayed by a build with a planted bug, and shrunk to the inputs that show it. */
class RecordedShrinkTest {

    private static Optional<LogShrinker.Small> shrunk(Supplier<Store<SimRoot>> stores) {
        ConnectionScenario recorded = ConnectionScenario.of(Profile.SWARM);
        Simulation<SimRoot> simulation = Simulation.of(recorded);
        for (long seed = 1; seed <= 20; seed++) {
            Plan plan = recorded.plan(seed, new Size(8, 120_000_000));
            for (SimDisk disk : simulation.logs(plan).values()) {
                Optional<LogShrinker.Small> small =
                        new LogShrinker<>(LogReader.open(disk, recorded.store()), stores).shrink(2000, tried -> {});
                if (small.isPresent()) {
                    return small;
                }
            }
        }
        return Optional.empty();
    }

    @Test
    void goodCodeBreaksNothing() {
        assertThat(shrunk(ConnectionScenario.of(Profile.SWARM)::store)).isEmpty();
    }

    @Test
    void theFewInputsThatBreakAnInvariant() {
        LogShrinker.Small small = shrunk(PlantedBugsTest.lostRetry()::store).orElseThrow();
        assertThat(small.broken().invariant()).isEqualTo("deadlines-are-right");
        assertThat(small.kept()).hasSizeLessThanOrEqualTo(4);
        assertThat(small.inputs()).isGreaterThan(small.kept().size());
        assertThat(small.kept().stream().map(Frame.Recorded::action))
                .as("the dial that fails")
                .anyMatch(action -> action instanceof ConnectionAction.Connect);
    }
}
