package dev.dunlin.core.sim;

import static dev.dunlin.core.sim.LampScenario.plan;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What befalls a node: crashes at each effect, what its disk has left then, and clocks that are wrong. */
final class NodeFaultsTest {

    private static final long SECOND = 1_000_000;

    // So dim that no effect waits for the disk: each is measured and rings.
    private static Wish dim(long at, String lamp) {
        return new Wish(at, 0, new LampAction.SwitchOn(lamp, 10, Ticket.NONE));
    }

    private static List<Turn> turns(Plan plan) {
        SimDisk disk = List.copyOf(Simulation.of(LampScenario.CALM).logs(plan).values())
                .getFirst();
        Store<Lamps.Root> store = Lamps.store();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
        List<Turn> turns = new ArrayList<>();
        while (replayer.forward()) {
            turns.add(replayer.turn().orElseThrow());
        }
        replayer.close();
        return turns;
    }

    private static Stream<String> switchedOn(Plan plan) {
        return turns(plan).stream()
                .map(turn -> turn.input().action())
                .filter(LampAction.SwitchOn.class::isInstance)
                .map(action -> ((LampAction.SwitchOn) action).lamp());
    }

    // Crashes

    @Test
    void aNodeDiesAtAnyOfItsEffects() {
        for (int effects = 1; effects <= 6; effects++) {
            List<Long> carriedOut = new ArrayList<>();
            LampScenario scenario =
                    new LampScenario(node -> (id, effect) -> carriedOut.add(node.run()), List.of(), Optional.empty());
            Fault crash = new Fault.Crash(0, SECOND / 2, SECOND, effects, false, 0);
            // The fourth wish comes when the node is up again.
            List<Wish> wishes = List.of(dim(SECOND, "a"), dim(SECOND, "b"), dim(SECOND + 1, "c"), dim(3 * SECOND, "d"));
            Outcome outcome = Simulation.of(scenario).run(plan(1, List.of(crash), wishes));
            assertThat(outcome.violation()).isEmpty();
            assertThat(outcome.crashes()).isEqualTo(1);
            assertThat(carriedOut.stream().filter(run -> run == 1)).hasSize(effects);
            assertThat(carriedOut.stream().filter(run -> run == 2)).hasSize(2);
        }
    }

    @Test
    void whoHasNotDiedOfItsEffectsByTheEndOfTheFaultsLives() {
        Fault crash = new Fault.Crash(0, SECOND, SECOND, 1_000, false, 0);
        assertThat(Simulation.of(LampScenario.CALM)
                        .run(plan(1, List.of(crash), List.of(dim(2 * SECOND, "a"))))
                        .crashes())
                .isZero();
    }

    // What was written is forced at least once a second, and for each effect that waits.
    private static Plan powerLoss(int kept) {
        return plan(
                1,
                List.of(new Fault.Crash(0, 5 * SECOND, SECOND, 0, true, kept)),
                List.of(
                        LampScenario.on(4_100_000, 0, "counted"),
                        dim(4_500_000, "a"),
                        dim(4_600_000, "b"),
                        dim(4_700_000, "c"),
                        dim(4_800_000, "d")));
    }

    @Test
    void withThePowerGoesWhatWasNotForced() {
        assertThat(switchedOn(powerLoss(0))).containsExactly("counted");
        assertThat(switchedOn(powerLoss(500))).containsExactly("counted", "a", "b");
        assertThat(switchedOn(powerLoss(1_000))).containsExactly("counted", "a", "b", "c", "d");
    }

    @Test
    void withTheProcessAloneGoesNothing() {
        Plan plan = powerLoss(0).withFaults(List.of(new Fault.Crash(0, 5 * SECOND, SECOND, 0, false, 0)));
        assertThat(switchedOn(plan)).containsExactly("counted", "a", "b", "c", "d");
    }

    @Test
    void theNodeComesBackFromItsLogAndGoesOn() {
        Plan plan = powerLoss(0).withWishes(List.of(dim(4_900_000, "lost"), dim(7 * SECOND, "later")));
        assertThat(switchedOn(plan)).containsExactly("later");
        assertThat(turns(plan).stream()
                        .map(turn -> turn.input().action())
                        .filter(NodeAction.Booted.class::isInstance)
                        .map(booted -> ((NodeAction.Booted) booted).run()))
                .containsExactly(1L, 2L);
    }

    // What recovery cuts off it keeps in a file: the torn frame is there, without its end.
    private static List<byte[]> torn(Plan plan) throws IOException {
        SimDisk disk = List.copyOf(Simulation.of(LampScenario.CALM).logs(plan).values())
                .getFirst();
        List<byte[]> cut = new ArrayList<>();
        for (String name : disk.names()) {
            if (name.startsWith("cut-")) {
                cut.add(disk.content(name));
            }
        }
        return cut;
    }

    @Test
    void theLastWriteIsTorn() throws IOException {
        for (int kept : new int[] {300, 500, 900}) {
            assertThat(torn(powerLoss(kept))).singleElement().satisfies(frame -> {
                assertThat(frame).isNotEmpty();
                assertThat(new String(frame, StandardCharsets.UTF_8))
                        .startsWith("{")
                        .doesNotContain("\n");
            });
        }
        assertThat(torn(powerLoss(0))).as("nothing of it was written").isEmpty();
        assertThat(torn(powerLoss(1_000))).as("nothing is missing").isEmpty();
    }

    // Clocks

    private static List<Long> times(Plan plan, Class<?> input) {
        return turns(plan).stream()
                .filter(turn -> input.isInstance(turn.input().action()))
                .map(turn -> turn.now() - World.BEGINNING)
                .toList();
    }

    private static Plan atTheSecond(int second, Fault... faults) {
        return plan(1, List.of(faults), List.of(dim(second * SECOND, "a")));
    }

    @Test
    void aClockIsAheadOrBehindFromTheBeginning() {
        assertThat(times(atTheSecond(5, new Fault.Skew(0, 600 * SECOND, 0)), NodeAction.Booted.class))
                .containsExactly(600 * SECOND);
        assertThat(times(atTheSecond(5, new Fault.Skew(0, -600 * SECOND, 0)), LampAction.SwitchOn.class))
                .containsExactly(-595 * SECOND);
    }

    @Test
    void aClockDrifts() {
        assertThat(times(atTheSecond(5, new Fault.Skew(0, 0, 500)), LampAction.SwitchOn.class))
                .containsExactly(5 * SECOND + 2_500);
        assertThat(times(atTheSecond(8, new Fault.Skew(0, 7, -500)), LampAction.SwitchOn.class))
                .containsExactly(8 * SECOND + 7 - 4_000);
    }

    /** The node's own clock says when a lamp goes out: true time after it, the drift's share less or more. */
    @Test
    void deadlinesAreMetByTheNodesOwnClock() {
        for (int drift : new int[] {-500, -1, 0, 1, 500}) {
            Plan plan = atTheSecond(5, new Fault.Skew(0, 0, drift));
            assertThat(times(plan, NodeAction.Tick.class))
                    .as("drift %s", drift)
                    .singleElement()
                    .satisfies(tick -> assertThat(tick
                                    - times(plan, LampAction.SwitchOn.class).getFirst())
                            .isBetween(Lamps.LIT_MICROS, Lamps.LIT_MICROS + 500));
        }
    }

    @Test
    void eachNodeHasAClockOfItsOwn() {
        World<Lamps.Root> world = LampScenario.CALM.world(plan(3, List.of(new Fault.Skew(1, SECOND, 100)), List.of()));
        world.runTo(4 * SECOND, RunOptions.DEFAULT);
        assertThat(IntStream.range(0, 3).mapToLong(i -> world.nodes().get(i).clock() - World.BEGINNING))
                .containsExactly(4 * SECOND, 5 * SECOND + 400, 4 * SECOND);
    }

    // A step is noticed when the clock is read next, once a second; what is less than half a second is none.
    @Test
    void aStepOfTheWallClockIsAnInputAndTimeRunsOn() {
        Plan plan = plan(
                1,
                List.of(
                        new Fault.ClockStep(0, 2 * SECOND, -3_600 * SECOND),
                        new Fault.ClockStep(0, 3 * SECOND, SECOND / 2),
                        new Fault.ClockStep(0, 4 * SECOND + 5, 5)),
                List.of(dim(6 * SECOND, "a")));
        assertThat(turns(plan).stream()
                        .map(turn -> turn.input().action())
                        .filter(NodeAction.ClockStepped.class::isInstance))
                .containsExactly(
                        new NodeAction.ClockStepped(World.BEGINNING - 3_597 * SECOND, -3_600 * SECOND),
                        new NodeAction.ClockStepped(
                                World.BEGINNING - 3_596 * SECOND + SECOND / 2, -3_600 * SECOND + SECOND / 2));
        assertThat(times(plan, LampAction.SwitchOn.class)).containsExactly(6 * SECOND);
    }

    // The swarm

    private static Stream<Plan> drawn() {
        return IntStream.range(0, 500)
                .mapToObj(seed -> Faults.swarm("lamps", seed, new Scenario.Size(6, 60 * SECOND), SECOND));
    }

    @Test
    void theSwarmDrawsEveryFaultAlsoAlone() {
        List<Set<Class<?>>> kinds = drawn().map(plan ->
                        plan.faults().stream().<Class<?>>map(Object::getClass).collect(Collectors.toSet()))
                .toList();
        for (Class<?> kind : Fault.class.getPermittedSubclasses()) {
            assertThat(kinds.stream().filter(some -> some.contains(kind)).count())
                    .as(kind.getSimpleName())
                    .isBetween(200L, 300L);
            assertThat(kinds).as("only " + kind.getSimpleName()).contains(Set.of(kind));
        }
        assertThat(kinds).as("none at all").contains(Set.of());
    }

    @Test
    void theSwarmDrawsEachKindOfPartitionOfCrashAndOfLink() {
        List<Fault> faults = drawn().flatMap(plan -> plan.faults().stream()).toList();
        assertThat(faults)
                .anyMatch(fault -> fault instanceof Fault.Partition it && !it.oneWay() && it.flap() == 0)
                .anyMatch(fault -> fault instanceof Fault.Partition it && it.oneWay())
                .anyMatch(fault -> fault instanceof Fault.Partition it && it.flap() > 0)
                .anyMatch(fault -> fault instanceof Fault.Crash it && it.power())
                .anyMatch(fault -> fault instanceof Fault.Crash it && !it.power())
                .anyMatch(fault -> fault instanceof Fault.Crash it && it.effects() > 0);
        List<Plan.Net> nets = drawn().map(Plan::net).toList();
        assertThat(nets.stream().map(Plan.Net::spread).distinct()).hasSize(Plan.Spread.values().length);
        assertThat(nets.stream().mapToLong(Plan.Net::bandwidth)).allMatch(bytes -> bytes >= 10_000);
        assertThat(nets.stream().map(Plan.Net::bandwidth).distinct()).hasSizeGreaterThan(400);
        assertThat(nets.stream().map(Plan.Net::mean)).contains(0L).anyMatch(mean -> mean > 100_000);
    }

    @Test
    void allFaultsAreOverWhenTheirPhaseIs() {
        assertThat(drawn())
                .allSatisfy(plan -> assertThat(plan.faults())
                        .allSatisfy(fault -> assertThat(
                                        switch (fault) {
                                            case Fault.Partition it -> it.until();
                                            case Fault.Stall it -> it.until();
                                            case Fault.Slow it -> it.until();
                                            case Fault.Crash it -> it.at();
                                            case Fault.Cut it -> it.at();
                                            case Fault.ClockStep it -> it.at();
                                            case Fault.Skew it -> it.at();
                                        })
                                .isLessThanOrEqualTo(plan.safe())));
    }
}
