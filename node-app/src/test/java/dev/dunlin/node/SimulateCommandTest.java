package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.connection.sim.RogueDeed;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.Misdeed;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Violation;
import dev.dunlin.core.sim.Wish;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
        assertThat(json().path("stateBytesPerNode").asLong()).isGreaterThan(100);
        assertThat(program.run("simulate", "--seed", 3, "--nodes", 4, "--time", 20, "--twice"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines().getFirst()).isEqualTo("seed 3: digest " + digest);
        assertThat(program.outLines().get(1)).matches("a node: ([0-9]+ bytes of heap, )?[0-9]+ bytes of state");
        for (int node = 0; node < 4; node++) {
            Path data = logs.resolve("node-" + node);
            if (Files.exists(data)) {
                assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
            }
        }
    }

    @Test
    void manyNodesShowWhatEachTakesOfTheHeap() {
        assertThat(program.run(
                        "simulate", "--profile", "churn", "--nodes", 400, "--time", 60, "--digests-only", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("heapBytesPerNode").asLong())
                .isGreaterThan(json().path("stateBytesPerNode").asLong() / 2);
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

    @Test
    void aKademliaNetworkJoinsStoresAndFinds() {
        assertThat(program.run("simulate", "--profile", "dht", "--nodes", 60, "--seed", 2, "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode first = json();
        assertThat(first.path("profile").asString()).isEqualTo("dht");
        assertThat(first.path("up").asInt()).isEqualTo(60);
        assertThat(first.path("tables").path("knowAll").asDouble()).isGreaterThan(0.61);
        assertThat(first.path("tables").path("know18").asDouble()).isGreaterThan(0.95);
        assertThat(first.path("lookups").path("done").asInt()).isEqualTo(1000);
        assertThat(first.path("lookups").path("recall").asDouble()).isGreaterThan(0.98);
        assertThat(first.path("values").path("gets").asInt()).isGreaterThan(1000);
        assertThat(first.path("values").path("found"))
                .isEqualTo(first.path("values").path("gets"));
        assertThat(first.has("churn")).isFalse();
        assertThat(program.run("simulate", "--profile", "dht", "--nodes", 60, "--seed", 2))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines())
                .hasSize(5)
                .first()
                .isEqualTo("seed 2: digest " + first.path("digest").asString());
        assertThat(program.outLines().getLast()).contains("60 nodes, 256 s of virtual time; ");
    }

    @Test
    void nodesOfAKademliaNetworkLeaveAndCome() {
        assertThat(program.run("simulate", "--profile", "dht", "--nodes", 50, "--time", 1800, "--churn", 100, "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode churn = json().path("churn");
        assertThat(churn.path("left").asInt()).isBetween(10, 40);
        assertThat(churn.path("joined").asInt()).isPositive();
        assertThat(json().path("values").path("found").asInt())
                .isGreaterThan(json().path("values").path("gets").asInt() * 9 / 10);
    }

    @Test
    void whatIsOfOtherProfilesIsNotOfDht() {
        for (String option : List.of("--twice", "--digests-only", "--seeds=1..2", "--threads=2", "--logs=here")) {
            assertThat(program.run("simulate", "--profile", "dht", option)).isEqualTo(ExitCode.USAGE);
            assertThat(program.err()).contains("--profile dht goes with --nodes, --seed, --time, --churn and --json");
        }
        assertThat(program.run("simulate", "--profile", "dht", "--churn", 1001)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--profile", "dht", "--churn", -1)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("simulate", "--churn", 5)).isEqualTo(ExitCode.USAGE);
        assertThat(program.err()).contains("--churn is of --profile dht");
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
                .contains("seed 1: ")
                .contains("'dunlin simulate --profile calm --plan " + folder.resolve("impatient.json")
                        + "' runs it again")
                .contains("shrunk to")
                .contains("plan.json");
        assertThat(program.outLines().get(1))
                .startsWith("seed 1: liveness violated")
                .endsWith("' runs it again");
        assertThat(nodes(found.resolve("whole"))).as("the run as it was found").isEqualTo(4);
        assertThat(nodes(found)).as("the small one").isBetween(1L, 3L);
        assertThat(found.resolve("SimulatedTest.java"))
                .content()
                .contains("class SimulatedTest")
                .contains("Simulation.of(scenario)");
        assertThatThrownBy(() -> runGenerated(found.resolve("SimulatedTest.java")))
                .as("the generated test fails as the run did")
                .cause()
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("still dials");
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

    private static long nodes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("node-"))
                    .filter(file -> Files.exists(file.resolve("log")))
                    .count();
        }
    }

    private void runGenerated(Path source) throws IOException, ReflectiveOperationException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        ChangedBuild.compile(source, ChangedBuild.testClassPath(), classes);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            var constructor = loader.loadClass("SimulatedTest").getDeclaredConstructor();
            constructor.setAccessible(true);
            Object test = constructor.newInstance();
            var method = test.getClass().getDeclaredMethod("nothingIsWrong");
            method.setAccessible(true);
            method.invoke(test);
        }
    }

    @Test
    void aScriptOfAByzantinePeerRunsFromAFile() throws IOException {
        ConnectionScenario scenario = ConnectionScenario.of(ConnectionScenario.Profile.CALM);
        Plan calm = scenario.plan(1, new Scenario.Size(4, 20_000_000));
        Plan plan = calm.withByzantine(List.of(3))
                .withMisdeeds(List.of(
                        new Misdeed(2_000_000, 3, new RogueDeed.Dial(0, 3, RogueDeed.Handshake.WHOLE)),
                        new Misdeed(3_000_000, 3, new RogueDeed.OpenStreams(0, "/ipfs/ping/1.0.0", 10))));
        Path file = Files.writeString(
                folder.resolve("script.json"), PlanText.of(scenario).write(plan).toString());
        assertThat(program.run("simulate", "--profile", "calm", "--plan", file, "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("runs").path(0).path("digest").asString())
                .isEqualTo(Simulation.of(scenario).run(plan).digest().toString());
    }

    @Test
    void whatIsWrongHasACodeOfItsKind() {
        assertThat(SimulateCommand.code(Violation.Kind.SAFETY)).isEqualTo(ExitCode.SAFETY_VIOLATED);
        assertThat(SimulateCommand.code(Violation.Kind.LIVENESS)).isEqualTo(ExitCode.LIVENESS_VIOLATED);
        assertThat(SimulateCommand.code(Violation.Kind.CRASH)).isEqualTo(ExitCode.SIMULATED_CRASH);
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
        ConnectionScenario scenario = ConnectionScenario.of(ConnectionScenario.Profile.CALM);
        Plan plan = scenario.plan(1, new Scenario.Size(4, 20_000_000))
                .withFaults(List.of(new Fault.Crash(3, 1, 1, 0, true, 5)));
        String text = PlanText.of(scenario).write(plan).toString();
        for (String wrong : List.of(
                text.replace("\"fault\":\"crash\",\"node\":3", "\"fault\":\"crash\",\"node\":4"),
                text.replace("\"kept\":5", "\"kept\":5000"),
                text.replaceFirst("\"bandwidth\":\\d+", "\"bandwidth\":0"))) {
            assertThat(wrong).isNotEqualTo(text);
            assertThat(program.run("simulate", "--profile", "calm", "--plan", Files.writeString(bad, wrong)))
                    .as(wrong)
                    .isEqualTo(ExitCode.DATA_ERROR);
        }
    }
}
