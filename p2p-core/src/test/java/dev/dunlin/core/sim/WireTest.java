package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WireTest {

    private final List<String> seen = new ArrayList<>();

    private World<Lamps.Root> world(Plan.Net net, Fault... faults) {
        Plan plan = LampScenario.plan(2, List.of(faults), List.of());
        return LampScenario.CALM.world(new Plan(
                plan.scenario(),
                3,
                2,
                List.of(),
                List.of(),
                net,
                plan.safe(),
                100_000_000,
                plan.faults(),
                List.of(),
                List.of()));
    }

    private Wire wire(World<Lamps.Root> world) {
        return world.wire(0, 1, end -> seen.add("broken " + end + " at " + world.now()));
    }

    private void send(World<Lamps.Root> world, Wire wire, int from, int bytes, String what) {
        wire.send(from, bytes, () -> seen.add(what + " at " + world.now()));
    }

    private static void run(World<Lamps.Root> world, long until) {
        world.runTo(until, RunOptions.DEFAULT);
        assertThat(world.violation()).isEmpty();
    }

    @Test
    void aMessageTakesItsLatencyAndItsLength() {
        World<Lamps.Root> world = world(LampScenario.NET);
        Wire wire = wire(world);
        send(world, wire, 0, 500, "a");
        send(world, wire, 0, 100, "b");
        send(world, wire, 1, 0, "c");
        run(world, 10_000);
        assertThat(seen).containsExactly("c at 1000", "a at 1500", "b at 1600");
    }

    @Test
    void whatIsSentArrivesInOrderWhateverTheJitter() {
        World<Lamps.Root> world = world(new Plan.Net(100, 1_000, 50_000, 10_000_000, 1, Plan.Spread.EXPONENTIAL));
        Wire wire = wire(world);
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            world.at(i * 1_000L, () -> wire.send(0, 100, () -> arrived.add(number)));
        }
        run(world, 100_000_000);
        assertThat(arrived).hasSize(200).isSorted();
    }

    @Test
    void oneConnectionOvertakesAnother() {
        World<Lamps.Root> world = world(new Plan.Net(100, 1_000, 50_000, 10_000_000, 1, Plan.Spread.HEAVY_TAILED));
        Wire first = wire(world);
        Wire second = wire(world);
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            Wire way = i % 2 == 0 ? first : second;
            world.at(i * 1_000L, () -> way.send(0, 100, () -> arrived.add(number)));
        }
        run(world, 100_000_000);
        assertThat(arrived).hasSize(200);
        assertThat(arrived.stream().filter(number -> number % 2 == 0)).isSorted();
        assertThat(arrived.stream().filter(number -> number % 2 != 0)).isSorted();
        assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
    }

    @Test
    void aLongTransferTakesItsLengthByTheBandwidth() {
        World<Lamps.Root> world = world(new Plan.Net(1_000, 0, 0, 2_000_000, 1, Plan.Spread.UNIFORM));
        Wire wire = wire(world);
        send(world, wire, 0, 1_000_000_000, "a gigabyte");
        send(world, wire, 0, 1, "what waits behind it");
        send(world, wire, 1, 1, "what comes against it");
        run(world, 600_000_000);
        assertThat(seen)
                .containsExactly(
                        "what comes against it at 1000",
                        "a gigabyte at 500001000",
                        "what waits behind it at 500001000");
    }

    @Test
    void aFlappingPartitionLetsThroughWhatWaitedInItsPauses() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Partition(0b01, 0, 90_000_000, false, 10_000_000));
        Wire wire = wire(world);
        send(world, wire, 0, 0, "a");
        world.at(15_000_000, () -> send(world, wire, 1, 0, "b"));
        world.at(20_000_000, () -> send(world, wire, 1, 0, "c"));
        run(world, 95_000_000);
        assertThat(seen).containsExactly("a at 10000000", "b at 15001000", "c at 30000000");
    }

    @Test
    void aStalledWireDeliversInOrderWhenTheStallIsOver() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Stall(0, 1, 0, 5_000_000));
        Wire wire = wire(world);
        send(world, wire, 0, 0, "a");
        send(world, wire, 0, 0, "b");
        world.at(4_999_500, () -> send(world, wire, 0, 0, "c"));
        run(world, 6_000_000);
        assertThat(seen).containsExactly("a at 5000000", "b at 5000000", "c at 5000500");
    }

    @Test
    void aOneWayPartitionHoldsOnlyOneDirectionBack() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Partition(0b01, 0, 5_000_000, true, 0));
        Wire wire = wire(world);
        send(world, wire, 0, 0, "out");
        send(world, wire, 1, 0, "in");
        run(world, 6_000_000);
        assertThat(seen).containsExactly("in at 1000", "out at 5000000");
    }

    @Test
    void aWireThatIsSilentForLongBreaks() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Partition(0b01, 0, 90_000_000, false, 0));
        Wire wire = wire(world);
        send(world, wire, 0, 0, "a");
        run(world, 95_000_000);
        long end = 1_000 + Wire.KEEPALIVE;
        assertThat(seen).containsExactly("broken 0 at " + end, "broken 1 at " + end);
        assertThat(wire.isBroken()).isTrue();
    }

    @Test
    void aCutBreaksBothEndsAndLosesWhatIsOnItsWay() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Cut(1, 0, 500));
        Wire wire = wire(world);
        send(world, wire, 0, 0, "a");
        run(world, 1_000_000);
        send(world, wire, 0, 0, "b");
        run(world, 2_000_000);
        assertThat(seen).containsExactly("broken 0 at 500", "broken 1 at 500");
    }

    @Test
    void whoFallsSilentIsFoundOutByTheOtherAlone() {
        World<Lamps.Root> world = world(LampScenario.NET);
        Wire wire = wire(world);
        send(world, wire, 0, 0, "a");
        wire.fallSilent(0);
        run(world, 90_000_000);
        assertThat(seen).containsExactly("broken 1 at " + Wire.KEEPALIVE);
    }

    @Test
    void aWireBreaksOnce() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Cut(0, 1, 500));
        Wire wire = wire(world);
        wire.breakNow();
        wire.breakNow();
        wire.fallSilent(1);
        run(world, 90_000_000);
        assertThat(seen).containsExactly("broken 0 at 0", "broken 1 at 0");
    }

    @Test
    void whatArrivesMayBreakTheWireUnderThoseThatWait() {
        World<Lamps.Root> world = world(LampScenario.NET, new Fault.Stall(0, 1, 0, 5_000_000));
        Wire wire = wire(world);
        wire.send(0, 0, wire::breakNow);
        send(world, wire, 0, 0, "b");
        run(world, 90_000_000);
        assertThat(seen).containsExactly("broken 0 at 5000000", "broken 1 at 5000000");
    }

    /** However many pairs have met: what the world has of connections is of those that there are. */
    @Test
    void nothingIsKeptOfConnectionsThatAreOver() {
        World<Lamps.Root> world = LampScenario.CALM.world(LampScenario.plan(100, List.of(), List.of()));
        for (int from = 0; from < 100; from++) {
            for (int to = 0; to < 100; to++) {
                Wire wire = world.wire(from, to, end -> {});
                switch (to % 3) {
                    case 0 -> wire.close();
                    case 1 -> wire.breakNow();
                    default -> wire.fallSilent(1);
                }
            }
            assertThat(world.wires()).isZero();
        }
        Wire left = world.wire(7, 8, end -> {});
        assertThat(world.wires()).isEqualTo(1);
        assertThat(left.ordinal()).as("numbered by who made it, not by pairs").isEqualTo(101);
    }
}
