package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WeatherTest {

    /** Nodes 0 and 1 on the one side, all others on the other. */
    private static final long SIDE = 0b0011;

    private static Weather of(Fault... faults) {
        return new Weather(LampScenario.plan(4, List.of(faults), List.of()));
    }

    @Test
    void aPartitionHoldsBothWaysBetweenItsSidesAndOnlyThere() {
        Weather weather = of(new Fault.Partition(SIDE, 100, 200, false, 0));
        assertThat(weather.opens(0, 2, 99)).isEqualTo(99);
        assertThat(weather.opens(0, 2, 100)).isEqualTo(200);
        assertThat(weather.opens(2, 0, 199)).isEqualTo(200);
        assertThat(weather.opens(2, 0, 200)).isEqualTo(200);
        assertThat(weather.opens(0, 1, 150)).isEqualTo(150);
        assertThat(weather.opens(2, 3, 150)).isEqualTo(150);
    }

    @Test
    void aOneWayPartitionLetsMessagesPassTowardsItsSide() {
        Weather weather = of(new Fault.Partition(SIDE, 100, 200, true, 0));
        assertThat(weather.opens(0, 2, 150)).isEqualTo(200);
        assertThat(weather.opens(2, 0, 150)).isEqualTo(150);
    }

    @Test
    void aFlappingPartitionBeginsClosedAndIsOpenEverySecondTime() {
        Weather weather = of(new Fault.Partition(SIDE, 100, 200, false, 30));
        assertThat(weather.opens(0, 2, 100)).isEqualTo(130);
        assertThat(weather.opens(0, 2, 129)).isEqualTo(130);
        assertThat(weather.opens(0, 2, 130)).isEqualTo(130);
        assertThat(weather.opens(0, 2, 159)).isEqualTo(159);
        assertThat(weather.opens(0, 2, 160)).isEqualTo(190);
        assertThat(weather.opens(0, 2, 195)).isEqualTo(195);
        // The last closed time ends with the partition.
        assertThat(of(new Fault.Partition(SIDE, 100, 170, false, 30)).opens(0, 2, 165))
                .isEqualTo(170);
    }

    @Test
    void aStallIsBetweenTwoNodesBothWays() {
        Weather weather = of(new Fault.Stall(0, 1, 100, 200));
        assertThat(weather.opens(0, 1, 100)).isEqualTo(200);
        assertThat(weather.opens(1, 0, 199)).isEqualTo(200);
        assertThat(weather.opens(1, 0, 200)).isEqualTo(200);
        assertThat(weather.opens(0, 2, 150)).isEqualTo(150);
    }

    @Test
    void theLongestFaultCounts() {
        Weather weather = of(
                new Fault.Stall(0, 2, 100, 300),
                new Fault.Partition(SIDE, 100, 200, false, 0),
                new Fault.Stall(0, 2, 100, 250));
        assertThat(weather.opens(0, 2, 150)).isEqualTo(300);
    }

    @Test
    void aNodeBeyondSixtyFourIsOnTheSideOfItsNumberModuloSixtyFour() {
        Weather weather = of(new Fault.Partition(SIDE, 100, 200, false, 0));
        assertThat(weather.opens(65, 66, 150)).isEqualTo(200);
        assertThat(weather.opens(64, 1, 150)).isEqualTo(150);
    }

    @Test
    void aPairHasOneLatencyBothWays() {
        Plan.Net net = new Plan.Net(1_000, 40_000, 0, 1, 1, Plan.Spread.EXPONENTIAL);
        Weather weather =
                new Weather(new Plan("lamps", 9, 4, List.of(), List.of(), net, 1, 1, List.of(), List.of(), List.of()));
        assertThat(weather.latency(0, 1)).isEqualTo(weather.latency(1, 0)).isBetween(1_001L, 401_000L);
        assertThat(weather.latency(0, 1)).isNotEqualTo(weather.latency(0, 2));
        assertThat(of().latency(0, 1)).isEqualTo(1_000);
    }
}
