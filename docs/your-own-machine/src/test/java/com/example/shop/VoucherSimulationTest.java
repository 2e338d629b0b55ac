package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VoucherSimulationTest {

    private static final Scenario.Size SIZE = new Scenario.Size(4, 60_000_000);

    private final VoucherScenario scenario = new VoucherScenario();
    private final Simulation<Shop> simulation = Simulation.of(scenario);

    @Test
    void twoHundredSeedsFindNothingWrong() {
        long crashes = 0;
        long rejections = 0;
        for (long seed = 0; seed < 200; seed++) {
            Outcome outcome = simulation.runTwice(scenario.plan(seed, SIZE), RunOptions.DEFAULT);
            assertThat(outcome.violation()).as("seed " + seed).isEmpty();
            crashes += outcome.crashes();
            rejections += outcome.rejections();
        }
        assertThat(crashes).isGreaterThan(100);
        assertThat(rejections).isGreaterThan(1_000);
    }

    @Test
    void theLogOfEveryNodeReplaysToItsEnd() {
        Plan plan = scenario.plan(aSeedWithPowerLoss(), SIZE);
        Map<Integer, SimDisk> disks = simulation.logs(plan);
        assertThat(disks).hasSize(4);
        for (SimDisk disk : disks.values()) {
            Replayer.Verified verified = replayer(disk).verify(step -> {});
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.inputs()).isEqualTo(verified.last()).isPositive();
        }
    }

    private Replayer<Shop> replayer(SimDisk disk) {
        Store<Shop> store = scenario.store();
        return new Replayer<>(LogReader.open(disk, store), store, false);
    }

    private SimDisk aLog() {
        return simulation.logs(scenario.plan(7, SIZE)).values().iterator().next();
    }

    @Test
    void aReplayerStandsAtAnyStep() {
        Replayer<Shop> replayer = replayer(aLog());
        replayer.seek(1);
        assertThat(replayer.state().root().vouchers().vouchers()).isEmpty();
        while (replayer.state().root().vouchers().vouchers().isEmpty()) {
            assertThat(replayer.forward()).isTrue();
        }
        assertThat(replayer.turn().orElseThrow().input().action()).isInstanceOf(VoucherAction.Redeem.class);
        assertThat(replayer.difference(replayer.step() - 1, replayer.step(), 10))
                .isNotEmpty();
        assertThat(replayer.back()).isTrue();
        assertThat(replayer.state().root().vouchers().vouchers()).isEmpty();
    }

    @Test
    void aLogIsAFolderOfText(@TempDir Path folder) throws IOException {
        SimDisk disk = aLog();
        for (String name : disk.names()) {
            Files.write(folder.resolve(name), disk.content(name));
        }
        assertThat(folder.resolve("log-000000000000001.jsonl")).content().contains("{\"type\":\"vouchers/redeem\"");
    }

    private long aSeedWithPowerLoss() {
        return LongStream.range(0, 100)
                .filter(seed -> scenario.plan(seed, SIZE).faults().stream()
                        .anyMatch(fault -> fault instanceof Fault.Crash crash && crash.power()))
                .findFirst()
                .orElseThrow();
    }
}
