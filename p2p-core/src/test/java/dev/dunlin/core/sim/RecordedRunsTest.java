package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.tutorial.Shop;
import dev.dunlin.core.tutorial.VoucherScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A run makes the same of itself whether its logs are written or not, and its logs are those of real nodes. */
final class RecordedRunsTest {

    private static final Scenario.Size SIZE = new Scenario.Size(3, 60_000_000);

    private final VoucherScenario scenario = new VoucherScenario();
    private final Simulation<Shop> simulation = Simulation.of(scenario);

    private List<Plan> plansWithCrashes() {
        return LongStream.range(0, 1_000)
                .mapToObj(seed -> scenario.plan(seed, SIZE))
                .filter(plan -> plan.faults().stream()
                                .filter(Fault.Crash.class::isInstance)
                                .count()
                        >= 3)
                .limit(12)
                .toList();
    }

    @Test
    void aRecordedRunHasTheDigestOfOneThatIsNot() {
        List<Plan> plans = plansWithCrashes();
        assertThat(plans).hasSize(12);
        long crashes = 0;
        for (Plan plan : plans) {
            Outcome bare = simulation.run(plan);
            Outcome recorded = simulation.run(plan, RunOptions.DEFAULT.recording(Set.of(0, 1, 2)));
            assertThat(recorded).as("seed " + plan.seed()).isEqualTo(bare);
            assertThat(recorded.violation()).isEmpty();
            crashes += recorded.crashes();
        }
        assertThat(crashes).isGreaterThan(24);
    }

    @Test
    void logsOfNodesThatCrashedReplayToTheirEnd() {
        for (Plan plan : plansWithCrashes()) {
            Map<Integer, SimDisk> disks = simulation.logs(plan);
            assertThat(disks.keySet()).containsExactly(0, 1, 2);
            long inputs = 0;
            for (SimDisk disk : disks.values()) {
                inputs += verified(disk).inputs();
            }
            // What a loss of power took is of no log.
            assertThat(inputs)
                    .as("seed " + plan.seed())
                    .isPositive()
                    .isLessThanOrEqualTo(simulation.run(plan).inputs());
        }
    }

    private Replayer.Verified verified(SimDisk disk) {
        Store<Shop> store = scenario.store();
        Replayer.Verified verified = new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        assertThat(verified.first()).isEqualTo(1);
        return verified;
    }

    @Test
    void aNodeMayGoDownAgainBeforeItHasDoneAnything() {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            // The first is at the very moment of the boot; each of the others at that of the next.
            faults.add(new Fault.Crash(0, i, 1, 0, i % 2 == 0, 0));
        }
        Plan plan = Faults.none("vouchers", 1, SIZE, 60_000_000).withFaults(faults);
        Outcome bare = simulation.run(plan);
        assertThat(bare.violation()).isEmpty();
        assertThat(bare.crashes()).isPositive();
        assertThat(simulation.run(plan, RunOptions.DEFAULT.recording(Set.of(0))))
                .isEqualTo(bare);
        simulation.logs(plan).values().forEach(this::verified);
    }

    @Test
    void aNodeThatDiesOfItsEffectsLosesWhatWasNotForced() {
        for (int kept : new int[] {0, 333, 1_000}) {
            Fault crash = new Fault.Crash(0, 20_000_000, 1_000_000, 3, true, kept);
            Plan plan = scenario.plan(3, SIZE).withFaults(List.of(crash));
            Outcome bare = simulation.run(plan);
            assertThat(bare.violation()).isEmpty();
            assertThat(simulation.run(plan, RunOptions.DEFAULT.recording(Set.of(0))))
                    .isEqualTo(bare);
        }
    }

    @Test
    void aFrameOfMegabytesIsTornLikeAnyOther() {
        Wish big = LampScenario.on(1_000_000, 0, "x".repeat(3_000_000));
        Fault crash = new Fault.Crash(0, 1_000_001, 1, 0, true, 999);
        Plan plan = LampScenario.plan(1, List.of(crash), List.of(big));
        Simulation<Lamps.Root> lamps = Simulation.of(LampScenario.CALM);
        // Such a lamp is beyond its budget, which is not what is asked here.
        RunOptions options = RunOptions.DEFAULT.auditing(false);
        Outcome bare = lamps.run(plan, options);
        Outcome recorded = lamps.run(plan, options.recording(Set.of(0)));
        assertThat(recorded.violation()).isEmpty();
        assertThat(recorded).isEqualTo(bare);
        assertThat(recorded.inputs()).isEqualTo(3);
    }
}
