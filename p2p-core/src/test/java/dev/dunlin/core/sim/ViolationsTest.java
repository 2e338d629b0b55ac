package dev.dunlin.core.sim;

import static dev.dunlin.core.sim.LampScenario.on;
import static dev.dunlin.core.sim.LampScenario.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each way to be wrong has its kind and its name. */
final class ViolationsTest {

    private static final List<Wish> ONE_LAMP = List.of(on(1_000_000, 1, "desk"));

    @Test
    void aReducerThatThrowsIsACrash() {
        Plan plan = plan(2, List.of(), List.of(new Wish(1_000_000, 1, new LampAction.Burst("bang"))));
        assertThat(LampScenario.CALM.run(plan)).hasValueSatisfying(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.CRASH);
            assertThat(violation.name()).isEqualTo("no-reducer-throws");
            assertThat(violation.node()).isEqualTo(1);
            assertThat(violation.at()).isEqualTo(1_000_000);
            assertThat(violation.why()).contains("bang");
        });
    }

    @Test
    void theInputThatMadeAReducerThrowStandsInTheLog() {
        Plan plan = plan(2, List.of(), List.of(new Wish(1_000_000, 1, new LampAction.Burst("bang"))));
        SimDisk disk = List.copyOf(Simulation.of(LampScenario.CALM).logs(plan).values())
                .get(1);
        Store<Lamps.Root> store = Lamps.store();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
        Replayer.Verified verified = replayer.verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(replayer.recordedAt(verified.last()).orElseThrow().failed())
                .hasValueSatisfying(why -> assertThat(why).contains("bang"));
    }

    @Test
    void aServiceThatThrowsIsACrash() {
        LampScenario scenario = new LampScenario(
                node -> (id, effect) -> {
                    throw new IllegalStateException("broken");
                },
                List.of(),
                Optional.empty());
        assertThat(scenario.run(plan(2, List.of(), ONE_LAMP))).hasValueSatisfying(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.CRASH);
            assertThat(violation.name()).isEqualTo("no-service-throws");
            assertThat(violation.why()).contains("lamp/measure", "broken");
        });
    }

    @Test
    void aServiceThatThrowsLaterIsACrash() {
        LampScenario calm = LampScenario.CALM;
        World<Lamps.Root> world = calm.world(plan(1, List.of(), List.of()));
        world.at(5, () -> {
            throw new AssertionError("broken");
        });
        world.runTo(10, RunOptions.DEFAULT);
        assertThat(world.violation()).hasValueSatisfying(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.CRASH);
            assertThat(violation.name()).isEqualTo("no-service-throws");
            assertThat(violation.node()).isEqualTo(-1);
        });
    }

    @Test
    void aServiceThatAnswersTwiceIsACrash() {
        LampScenario scenario = new LampScenario(
                node -> (id, effect) -> {
                    if (effect instanceof LampEffect.Measure(String lamp)) {
                        node.answer(id, new LampAction.Measured(lamp, 1));
                        node.answer(id, new LampAction.Measured(lamp, 2));
                    }
                },
                List.of(),
                Optional.empty());
        assertThat(scenario.run(plan(2, List.of(), ONE_LAMP))).hasValueSatisfying(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.CRASH);
            assertThat(violation.name()).isEqualTo("service-answers-once");
        });
    }

    @Test
    void aWorldCheckThatFailsIsOfSafetyAndCarriesItsName() {
        WorldCheck<Lamps.Root> dark = new WorldCheck<>() {
            @Override
            public String name() {
                return "all-is-dark";
            }

            @Override
            public Optional<String> after(SimNode<Lamps.Root> node, Turn turn) {
                return node.root().lamp().lamps().isEmpty() ? Optional.empty() : Optional.of("a lamp is lit");
            }
        };
        LampScenario scenario = new LampScenario(node -> (id, effect) -> {}, List.of(dark), Optional.empty());
        assertThat(scenario.run(plan(2, List.of(), ONE_LAMP)))
                .contains(new Violation(Violation.Kind.SAFETY, "all-is-dark", 1, 2, 1_000_000, "a lamp is lit"));
        assertThat(scenario.run(plan(2, List.of(), List.of()))).isEmpty();
    }

    @Test
    void whatDoesNotComeToAnEndIsOfLiveness() {
        LampScenario scenario = new LampScenario(node -> (id, effect) -> {}, List.of(), Optional.of("it is still lit"));
        assertThat(scenario.run(plan(2, List.of(), List.of())))
                .contains(new Violation(
                        Violation.Kind.LIVENESS, "wishes-come-to-an-end", -1, 0, 20_000_000, "it is still lit"));
    }

    @Test
    void aPlanOfAnotherScenarioIsRefused() {
        Plan plan = Faults.none("kettles", 1, new Scenario.Size(1, 1), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Simulation.of(LampScenario.CALM).run(plan))
                .withMessageContaining("kettles")
                .withMessageContaining("lamps");
    }
}
