package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReproductionTest {

    private static final JsonNode PLAN =
            PlanText.of(LampScenario.CALM).write(LampScenario.plan(2, List.of(), List.of()));

    private static String test(String found) {
        return Reproduction.junit(
                "FoundTest", "lamps()", PLAN, new Violation(Violation.Kind.SAFETY, found, 0, 1, 2, "because */"));
    }

    @Test
    void runsThePlanOnce() {
        assertThat(test("lamps-are-few"))
                .contains("class FoundTest {")
                .contains("Simulation.of(scenario).run(read)")
                .doesNotContain("RunOptions", "because */");
    }

    @Test
    void runsItTwiceIfTheTwoDiffered() {
        assertThat(test(Simulation.REPEATABLE))
                .contains("import dev.dunlin.core.sim.RunOptions;")
                .contains("Simulation.of(scenario).runTwice(read, RunOptions.DEFAULT)");
    }

    @Test
    void refusesWhatIsNoClass() {
        assertThatThrownBy(() -> Reproduction.junit(
                        "no class", "lamps()", PLAN, new Violation(Violation.Kind.CRASH, "x", 0, 1, 2, "y")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
