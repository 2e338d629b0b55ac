package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps.LampEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SlowNodeTest {

    private static List<Long> taken(Fault... faults) {
        List<Long> times = new ArrayList<>();
        LampScenario scenario = new LampScenario(
                node -> (id, effect) -> {
                    if (effect instanceof LampEffect.Measure) {
                        times.add(node.clock() - World.BEGINNING);
                    }
                },
                List.of(),
                Optional.empty());
        List<Wish> wishes = List.of(
                LampScenario.on(5_000_000, 0, "a"),
                LampScenario.on(5_000_000, 0, "b"),
                LampScenario.on(5_000_000, 0, "c"));
        assertThat(scenario.run(LampScenario.plan(1, List.of(faults), wishes))).isEmpty();
        return times;
    }

    @Test
    void aSlowNodeTakesOneInputAfterTheOther() {
        assertThat(taken(new Fault.Slow(0, 4_000_000, 6_000_000, 200_000)))
                .containsExactly(5_000_000L, 5_200_000L, 5_400_000L);
        assertThat(taken(new Fault.Slow(0, 1_000_000, 4_000_000, 200_000)))
                .containsExactly(5_000_000L, 5_000_000L, 5_000_000L);
    }

    @Test
    void theEndOfOneSlownessIsNotThatOfAnother() {
        assertThat(taken(
                        new Fault.Slow(0, 1_000_000, 4_000_000, 300_000),
                        new Fault.Slow(0, 2_000_000, 9_000_000, 200_000)))
                .containsExactly(5_000_000L, 5_200_000L, 5_400_000L);
    }

    @Test
    void theSlowestCounts() {
        assertThat(taken(
                        new Fault.Slow(0, 1_000_000, 9_000_000, 300_000),
                        new Fault.Slow(0, 2_000_000, 9_000_000, 200_000)))
                .containsExactly(5_000_000L, 5_300_000L, 5_600_000L);
    }
}
