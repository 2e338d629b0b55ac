package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.tutorial.Shop;
import dev.dunlin.core.tutorial.VoucherScenario;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A simulator that finds nothing proves nothing: the bug that durable effects do not wait for the disk is found. */
final class UnforcedVouchersTest {

    private static final Scenario.Size SIZE = new Scenario.Size(4, 60_000_000);

    private final VoucherScenario scenario = new VoucherScenario();
    private final Simulation<Shop> unforced = Simulation.unforced(scenario);

    private Optional<Violation> found(Plan plan) {
        return unforced.run(plan).violation();
    }

    @Test
    void effectsThatDoNotWaitForTheDiskAreFoundAndShrunk() {
        Plan failing = LongStream.range(0, 200)
                .mapToObj(seed -> scenario.plan(seed, SIZE))
                .filter(plan -> found(plan).isPresent())
                .findFirst()
                .orElseThrow();
        assertThat(failing.events()).isGreaterThan(40);
        Violation violation = found(failing).orElseThrow();
        assertThat(violation.kind()).isEqualTo(Violation.Kind.SAFETY);
        assertThat(violation.name()).isEqualTo("granted-is-redeemed");

        Shrinker.Small small = new Shrinker(this::found, 500, runs -> {}).shrink(failing, violation);
        assertThat(small.plan().events()).isLessThanOrEqualTo(20);
        assertThat(small.violation().isLike(violation)).isTrue();
        assertThat(found(small.plan())).contains(small.violation());
        // The same plan is harmless when effects wait.
        Plan whole = small.plan().withPhases(failing.safe(), failing.live());
        assertThat(Simulation.of(scenario).run(whole).violation()).isEmpty();
    }
}
