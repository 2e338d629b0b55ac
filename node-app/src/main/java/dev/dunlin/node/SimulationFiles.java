package dev.dunlin.node;

import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.Reproduction;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Shrinker;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a simulated run leaves behind: logs, and of one that found something wrong a small plan and a test that runs it. */
final class SimulationFiles {

    private static final int MOST_RUNS = 2000;
    private static final long MOST_BYTES = 1L << 30;

    /** The logs of a failing run of more inputs are not written but for the small one's: they are made in memory. */
    private static final long MOST_INPUTS = 200_000;

    private final Simulation<SimRoot> simulation;
    private final ConnectionScenario.Profile profile;
    private final boolean twice;
    private final boolean audits;
    private final SimulationProgress progress;

    /**
     * What was written.
     *
     * @param plan the small plan
     * @param folder where
     * @param command runs the plan again
     */
    record Written(Plan plan, Path folder, String command) {}

    SimulationFiles(
            Simulation<SimRoot> simulation,
            ConnectionScenario.Profile profile,
            boolean twice,
            boolean audits,
            SimulationProgress progress) {
        this.simulation = simulation;
        this.profile = profile;
        this.twice = twice;
        this.audits = audits;
        this.progress = progress;
    }

    /** Shrinks a failing run and writes what is left of it. */
    Written writeFailure(Outcome outcome, Path folder) {
        Shrinker shrinker = new Shrinker(this::violation, MOST_RUNS, progress::shrinking);
        Shrinker.Small small =
                shrinker.shrink(outcome.plan(), outcome.violation().orElseThrow());
        progress.end();
        if (outcome.inputs() <= MOST_INPUTS) {
            writeLogs(outcome.plan(), folder.resolve("whole"));
        }
        writeLogs(small.plan(), folder);
        String kind = profile.name();
        String scenario = "dev.dunlin.connection.sim.ConnectionScenario.of(\n                "
                + "dev.dunlin.connection.sim.ConnectionScenario.Profile." + kind + ")";
        var text = PlanText.of(simulation.scenario()).write(small.plan());
        try {
            Files.writeString(folder.resolve("plan.json"), text.toPrettyString() + "\n", StandardCharsets.UTF_8);
            Files.writeString(
                    folder.resolve("SimulatedTest.java"),
                    Reproduction.junit("SimulatedTest", scenario, text, small.violation()),
                    StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw FileFailure.of("write the plan to " + folder, failure);
        }
        return new Written(
                small.plan(), folder, command(profile, twice, audits, "--plan " + folder.resolve("plan.json")));
    }

    /**
     * The command that makes a run again as it was.
     *
     * @param which the options that say which run
     */
    static String command(ConnectionScenario.Profile profile, boolean twice, boolean audits, String which) {
        return "dunlin simulate --profile " + profile.name().toLowerCase(Locale.ROOT) + " " + which
                + (twice ? " --twice" : "") + (audits ? "" : " --digests-only");
    }

    private Optional<Violation> violation(Plan plan) {
        RunOptions options = RunOptions.DEFAULT.auditing(audits);
        return (twice ? simulation.runTwice(plan, options) : simulation.run(plan, options)).violation();
    }

    /** Makes the logs of a plan's nodes again and writes each to a folder of its own. */
    void writeLogs(Plan plan, Path folder) {
        try {
            for (Map.Entry<Integer, SimDisk> disk : simulation.logs(plan).entrySet()) {
                Path node = Files.createDirectories(
                        folder.resolve("node-" + disk.getKey()).resolve("log"));
                for (String name : disk.getValue().names()) {
                    Files.write(node.resolve(name), disk.getValue().content(name));
                }
            }
        } catch (IOException failure) {
            throw FileFailure.of("write the logs to " + folder, failure);
        }
    }

    /**
     * Reads a plan.
     *
     * @throws CommandFailure if there is none, or it is none
     */
    static Plan plan(Path file, PlanText text) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new CommandFailure(ExitCode.DATA_ERROR, file + " is too long for a plan");
            }
            return text.read(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException missing) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT, "there is no file " + file + ": give the plan.json of a simulated run", missing);
        } catch (IOException failure) {
            throw FileFailure.of("read " + file, failure);
        } catch (IllegalArgumentException bad) {
            throw new CommandFailure(ExitCode.DATA_ERROR, file + ": " + bad.getMessage(), bad);
        }
    }
}
