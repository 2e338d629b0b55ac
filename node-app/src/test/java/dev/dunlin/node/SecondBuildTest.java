package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two real builds, whose ping machines differ in one number, and the logs that their nodes recorded. */
class SecondBuildTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static TwoBuildsRun run;

    private final Program program = new Program();

    @BeforeAll
    static void record() throws IOException, InterruptedException {
        run = TwoBuildsRun.record(folder);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }

    private static JsonNode differingAt(JsonNode report, Path data) {
        JsonNode result = report.path("result");
        assertThat(result.path("step").asLong())
                .isEqualTo(TwoBuildsRun.pongs(data).getFirst());
        assertThat(result.path("what").asString()).isEqualTo("the machine ping changes to another state");
        assertThat(result.path("input").asString()).startsWith("exchange/answerCame {");
        assertThat(result.path("machines").values()).map(JsonNode::asString).containsExactly("ping");
        assertThat(result.path("comparedAt")).isEqualTo(result.path("step"));
        assertThat(result.path("differences").values()).hasSize(1);
        JsonNode field = result.path("differences").path(0);
        assertThat(field.path("path").asString()).matches("ping\\.peers\\.12D3\\w+\\.failures");
        assertThat(report.path("before").values()).isEmpty();
        return field;
    }

    @Test
    void eachBuildVerifiesWhatItRecorded() throws IOException, InterruptedException {
        assertThat(program.run("replay", run.byOriginal(), "--verify")).isEqualTo(ExitCode.OK);
        Process changed = run.changed()
                .start(
                        ProcessBuilder.Redirect.PIPE,
                        ProcessBuilder.Redirect.DISCARD,
                        List.of("replay", run.byChanged().toString(), "--verify"));
        String said = new String(changed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(changed.waitFor()).isZero();
        assertThat(said).contains("result     clean");
    }

    @Test
    void theChangedBuildSaysWhereItDepartsFromTheOriginalsLog() throws IOException, InterruptedException {
        Process changed = run.changed()
                .start(
                        ProcessBuilder.Redirect.PIPE,
                        ProcessBuilder.Redirect.DISCARD,
                        List.of(
                                "replay",
                                run.byOriginal().toString(),
                                "--verify",
                                "--json",
                                "--second-build",
                                run.original().launcher().toString()));
        String said = new String(changed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(changed.waitFor()).isEqualTo(ExitCode.DIVERGED.code());
        JsonNode field = differingAt(json(said), run.byOriginal());
        assertThat(field.path("before").asString()).isEqualTo("0");
        assertThat(field.path("after").asString()).isEqualTo("1");
    }

    @Test
    void theOriginalSaysWhereItDepartsFromTheChangedBuildsLog() {
        assertThat(program.run(
                        "replay",
                        run.byChanged(),
                        "--verify",
                        "--json",
                        "--second-build",
                        run.changed().launcher()))
                .isEqualTo(ExitCode.DIVERGED);
        JsonNode field = differingAt(json(program.out()), run.byChanged());
        assertThat(field.path("before").asString()).isEqualTo("1");
        assertThat(field.path("after").asString()).isEqualTo("0");
    }

    private static JsonNode bisected(JsonNode report, String departs, Path data) {
        assertThat(report.path("departs").asString()).isEqualTo(departs);
        boolean here = departs.equals("this build");
        assertThat(report.path(here ? "second" : "this build").asString()).isEqualTo("clean");
        JsonNode departure = report.path(here ? "this build" : "second");
        assertThat(departure.path("step").asLong())
                .isEqualTo(TwoBuildsRun.pongs(data).getFirst());
        assertThat(departure.path("machines").values()).map(JsonNode::asString).containsExactly("ping");
        assertThat(report.path("input").asString()).startsWith("exchange/answerCame {");
        assertThat(report.path("fields").values()).hasSize(1);
        JsonNode field = report.path("fields").path(0);
        assertThat(field.path("path").asString()).matches("ping\\.peers\\.12D3\\w+\\.failures");
        return field;
    }

    @Test
    void bisectNamesTheBuildThatDepartsFromTheRecord() {
        assertThat(program.run(
                        "bisect",
                        run.byOriginal(),
                        "--json",
                        "--second-build",
                        run.changed().launcher()))
                .isEqualTo(ExitCode.OK);
        JsonNode other = bisected(json(program.out()), "second build", run.byOriginal());
        assertThat(other.path("before").asString()).isEqualTo("0");
        assertThat(other.path("after").asString()).isEqualTo("1");
        assertThat(program.run(
                        "bisect",
                        run.byChanged(),
                        "--json",
                        "--second-build",
                        run.changed().launcher()))
                .isEqualTo(ExitCode.OK);
        JsonNode here = bisected(json(program.out()), "this build", run.byChanged());
        assertThat(here.path("before").asString()).isEqualTo("1");
        assertThat(here.path("after").asString()).isEqualTo("0");
    }

    @Test
    void aGeneratedTestPassesOnTheBuildThatRecordedAndFailsOnTheChangedOne() throws Exception {
        Path generated = Files.createDirectory(folder.resolve("generated"));
        Path source = generated.resolve("PongsTest.java");
        long first = TwoBuildsRun.pongs(run.byOriginal()).getFirst();
        assertThat(program.run(
                        "export",
                        run.byOriginal(),
                        "--junit",
                        source,
                        "--from",
                        first - 2,
                        "--to",
                        first + 2,
                        "--class",
                        "com.example.PongsTest"))
                .isEqualTo(ExitCode.OK);
        ChangedBuild.compile(source, ChangedBuild.testClassPath(), generated);
        Files.move(generated.resolve("PongsTest.jsonl"), generated.resolve("com/example/PongsTest.jsonl"));
        assertThat(run.original().tested(generated, "com.example.PongsTest", "replaysAsRecorded"))
                .isEmpty();
        Throwable failure = run.changed()
                .tested(generated, "com.example.PongsTest", "replaysAsRecorded")
                .orElseThrow();
        assertThat(failure.getClass().getName()).isEqualTo("org.opentest4j.AssertionFailedError");
        assertThat(failure).hasMessageContaining("Step[number=" + first + ", ").hasMessageContaining("ping=");
    }
}
