package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateCommandTest {

    @TempDir
    private Path folder;

    private final Program program = new Program();

    private JsonNode json() {
        return JsonMapper.builder().build().readTree(program.out());
    }

    @Test
    void oneSeedGivesOneDigestAndLogsThatReplay() {
        Path logs = folder.resolve("logs");
        assertThat(program.run("simulate", "--seed", 3, "--nodes", 4, "--time", 20, "--logs", logs, "--json"))
                .isEqualTo(ExitCode.OK);
        String digest = json().path("runs").path(0).path("digest").asString();
        assertThat(digest).matches("[0-9a-f]{32}");
        assertThat(program.run("simulate", "--seed", 3, "--nodes", 4, "--time", 20, "--twice"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines().getFirst()).isEqualTo("seed 3: digest " + digest);
        for (int node = 0; node < 4; node++) {
            Path data = logs.resolve("node-" + node);
            if (Files.exists(data)) {
                assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
            }
        }
    }

    @Test
    void seedsRunTogetherAndEachKeepsItsDigest() {
        program.run("simulate", "--seeds", "1..6", "--nodes", 3, "--time", 10, "--json");
        JsonNode many = json();
        assertThat(many.path("runs").size()).isEqualTo(6);
        for (JsonNode run : many.path("runs")) {
            program.run("simulate", "--seed", run.path("seed").asLong(), "--nodes", 3, "--time", 10, "--json");
            assertThat(json().path("runs").path(0).path("digest")).isEqualTo(run.path("digest"));
        }
    }

    /** Nothing is wrong in the machines: the plan ends while a node still dials, before its bound is over. */
    private Path impatientPlan() throws IOException {
        ConnectionScenario scenario = ConnectionScenario.of(ConnectionScenario.Profile.CALM);
        Plan plan = scenario.plan(1, new Scenario.Size(4, 20_000_000));
        long dialled = plan.wishes().stream()
                .filter(wish -> wish.action() instanceof ConnectionAction.Connect)
                .mapToLong(Wish::at)
                .min()
                .orElseThrow();
        Path file = folder.resolve("impatient.json");
        return Files.writeString(
                file,
                PlanText.of(scenario)
                        .write(plan.withPhases(dialled + 1, dialled + 1))
                        .toString());
    }

    @Test
    void whatIsFoundWrongIsShrunkWrittenAndRunAgain() throws IOException {
        Path found = folder.resolve("found");
        assertThat(program.run("simulate", "--profile", "calm", "--plan", impatientPlan(), "--logs", found))
                .isEqualTo(ExitCode.LIVENESS_VIOLATED);
        assertThat(program.err())
                .contains("liveness violated")
                .contains("still dials")
                .contains("shrunk to")
                .contains("plan.json");
        assertThat(found.resolve("SimulatedTest.java"))
                .content()
                .contains("class SimulatedTest")
                .contains("Simulation.of(scenario)");
        ChangedBuild.compile(
                found.resolve("SimulatedTest.java"),
                ChangedBuild.testClassPath(),
                Files.createDirectory(folder.resolve("classes")));
        assertThat(program.run(
                        "simulate",
                        "--profile",
                        "calm",
                        "--plan",
                        found.resolve("plan.json"),
                        "--logs",
                        folder.resolve("again")))
                .as("the small plan finds the same")
                .isEqualTo(ExitCode.LIVENESS_VIOLATED);
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        assertThat(program.run("simulate", "--seeds", "5..1")).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--seeds", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--nodes", 1)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--time", 0)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--plan", folder.resolve("none.json")))
                .isEqualTo(ExitCode.NO_INPUT);
        Path bad = Files.writeString(folder.resolve("bad.json"), "{\"nodes\":1}");
        assertThat(program.run("simulate", "--plan", bad)).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.err()).contains("this is no plan: it lacks the field");
    }
}
