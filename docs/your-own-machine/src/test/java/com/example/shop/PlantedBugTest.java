package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Shrinker;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Violation;
import dev.dunlin.core.store.Machine;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A simulator that finds nothing proves nothing: a bug is planted, found, and its plan made small. */
final class PlantedBugTest {

    private static final Scenario.Size SIZE = new Scenario.Size(4, 60_000_000);

    /** The bug: a shop that boots forgets what it has redeemed. */
    private static final Machine<Object, VoucherState, VoucherAction> FORGETFUL = VoucherMachine.of(10)
            .altered()
            .boots((own, booted, ctx) -> VoucherState.INITIAL)
            .budget(16_384);

    private final VoucherScenario scenario = new VoucherScenario(FORGETFUL);
    private final Simulation<Shop> simulation = Simulation.of(scenario);

    private Optional<Violation> found(Plan plan) {
        return simulation.run(plan).violation();
    }

    @Test
    void aShopThatForgetsIsFoundAndItsPlanMadeSmall() {
        Plan failing = LongStream.range(0, 200)
                .mapToObj(seed -> scenario.plan(seed, SIZE))
                .filter(plan -> found(plan).isPresent())
                .findFirst()
                .orElseThrow();
        Violation violation = found(failing).orElseThrow();
        assertThat(violation.kind()).isEqualTo(Violation.Kind.SAFETY);
        assertThat(violation.name()).isEqualTo("granted-is-redeemed");

        Shrinker.Small small = new Shrinker(this::found, 500, runs -> {}).shrink(failing, violation);
        assertThat(small.plan().events()).isLessThan(failing.events()).isLessThanOrEqualTo(3);
        assertThat(found(small.plan())).contains(small.violation());
        // The same plan is harmless with the right machine.
        assertThat(Simulation.of(new VoucherScenario()).run(small.plan()).violation())
                .isEmpty();
    }
}
