package dev.dunlin.connection.sim;

import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario.Size;
import dev.dunlin.core.sim.Simulation;
import java.util.ArrayList;
import java.util.List;

/** Prints the digests of the stock scenarios: in a JVM of its own, to compare JVMs. */
final class Golden {

    private Golden() {}

    /** The digests of so many seeds of each profile, a line each. */
    static List<String> digests(int seeds) {
        List<String> lines = new ArrayList<>();
        for (Profile profile : Profile.values()) {
            Size size = profile == Profile.CHURN ? new Size(5, 60_000_000) : new Size(8, 120_000_000);
            ConnectionScenario scenario = ConnectionScenario.of(profile);
            for (long seed = 1; seed <= seeds; seed++) {
                lines.add(profile + " " + seed + " "
                        + Simulation.of(scenario)
                                .run(scenario.plan(seed, size), RunOptions.DEFAULT)
                                .digest());
            }
        }
        return lines;
    }

    /** Takes the number of seeds. */
    public static void main(String[] args) {
        digests(Integer.parseInt(args[0], 10)).forEach(System.out::println);
    }
}
