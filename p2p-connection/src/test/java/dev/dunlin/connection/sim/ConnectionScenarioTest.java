package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario.Size;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.store.Store;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ConnectionScenarioTest {

    private static final Logger BAR = LoggerFactory.getLogger("figures");
    private static final Size SIZE = new Size(8, 120_000_000);
    private static final int SEEDS = Integer.getInteger("dunlin.sim.seeds", 200);

    private static Simulation<SimRoot> simulation(Profile profile) {
        return Simulation.of(ConnectionScenario.of(profile));
    }

    private static void everySeedTwice(Profile profile, Size size) {
        Simulation<SimRoot> simulation = simulation(profile);
        List<Outcome> wrong = IntStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(seed -> simulation.runTwice(simulation.scenario().plan(seed, size), RunOptions.DEFAULT))
                .filter(outcome -> outcome.violation().isPresent())
                .toList();
        BAR.info("{}: {} seeds, each twice, {} wrong", profile, SEEDS, wrong.size());
        assertThat(wrong).isEmpty();
    }

    @Test
    void nothingIsWrongUnderTheSwarmOfFaults() {
        everySeedTwice(Profile.SWARM, SIZE);
    }

    @Test
    void nothingIsWrongInCalm() {
        everySeedTwice(Profile.CALM, SIZE);
    }

    @Test
    void nothingIsWrongInChurn() {
        everySeedTwice(Profile.CHURN, new Size(5, 60_000_000));
    }

    @Test
    void logsAreMadeAgainFromThePlanAndReplay() {
        Simulation<SimRoot> simulation = simulation(Profile.SWARM);
        for (long seed = 1; seed <= 20; seed++) {
            Plan plan = simulation.scenario().plan(seed, SIZE);
            for (Map.Entry<Integer, SimDisk> disk : simulation.logs(plan).entrySet()) {
                Store<SimRoot> store = simulation.scenario().store();
                Replayer.Verified verified =
                        new Replayer<>(LogReader.open(disk.getValue(), store), store, false).verify(step -> {});
                assertThat(verified.divergence())
                        .as("seed %s node %s", seed, disk.getKey())
                        .isEmpty();
            }
        }
    }

    @Test
    void plansAreReadBack() {
        ConnectionScenario scenario = ConnectionScenario.of(Profile.SWARM);
        PlanText text = PlanText.of(scenario);
        for (long seed = 1; seed <= 50; seed++) {
            Plan plan = scenario.plan(seed, SIZE);
            assertThat(text.read(text.write(plan).toString())).isEqualTo(plan);
        }
    }
}
