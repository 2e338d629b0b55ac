package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
        // Not so bright that they are counted: nothing waits for the disk.
        List<Wish> wishes = Stream.of("a", "b", "c")
                .map(lamp -> new Wish(5_000_000, 0, new LampAction.SwitchOn(lamp, 10, Ticket.NONE)))
                .toList();
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
