package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReplayCommandTest {

    @TempDir
    private Path data;

    private final Program program = new Program();

    @BeforeEach
    void record() throws IOException {
        RecordedNode.day(data);
    }

    private JsonNode json() {
        return JsonMapper.builder().build().readTree(program.out());
    }

    @Test
    void aCleanLogVerifiesAndTwiceTheSame() {
        assertThat(program.run("replay", data, "--verify", "--json")).isEqualTo(ExitCode.OK);
        JsonNode report = json();
        assertThat(report.path("result").asString()).isEqualTo("clean");
        assertThat(report.path("first").asLong()).isEqualTo(1);
        assertThat(report.path("last").asLong()).isEqualTo(7);
        assertThat(report.path("inputs").asLong()).isEqualTo(7);
        assertThat(report.path("actions").asLong()).isGreaterThan(7);
        assertThat(report.path("actions/s").asLong()).isPositive();
        assertThat(report.path("forced").asLong()).isEqualTo(7);
        assertThat(report.path("fit").path("fit").asString()).isEqualTo("FINE");
        assertThat(report.path("digest").asString()).isNotEmpty();
        program.run("replay", data.resolve("log"), "--verify", "--json");
        assertThat(json().path("digest")).isEqualTo(report.path("digest"));
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).contains("fit        FINE", "inputs     7", "result     clean");
        assertThat(program.err()).isEmpty();
    }

    @Test
    void aTailIsReportedAndClean() throws IOException {
        Files.writeString(RecordedNode.segment(data), "half", StandardOpenOption.APPEND);
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("tail       4 bytes behind the last whole line")
                .contains("result     clean");
        assertThat(program.run("replay", data)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("tail       4 bytes");
    }

    @Test
    void theSummarySaysWhatIsThere() {
        assertThat(program.run("replay", data)).isEqualTo(ExitCode.OK);
        assertThat(program.outLines())
                .containsExactly(
                        "log        " + data.resolve("log"),
                        "steps      1 to 7, 2023-11-14T22:13:21.000000Z to 2023-11-14T22:13:27.000000Z",
                        "snapshots  none",
                        "builds     from step 1: test+1",
                        "fit        FINE");
        program.run("log", data, "--seal");
        program.run("replay", data, "--json");
        assertThat(json().path("snapshots").path(0).asLong()).isEqualTo(7);
        assertThat(json().path("builds").path(1).path("build").asString())
                .isEqualTo(BuildInfo.current().text());
    }

    @Test
    void theStateAtAStep() {
        assertThat(program.run("replay", data, "--to", "3", "--json")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSize(1);
        assertThat(json().path("connection").toString()).contains(RecordedNode.ANN.toString());
        assertThat(json().path("node").path("run").asLong()).isEqualTo(1);
        program.run("replay", data, "--to", "0");
        assertThat(json().path("node").path("run").asLong()).isZero();
        assertThat(program.outLines()).hasSizeGreaterThan(10);
    }

    @Test
    void theFieldsThatDiffer() {
        assertThat(program.run("replay", data, "--diff", "0", "1")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).contains("node.run: 0 -> 1");
        program.run("replay", data, "--diff", "1", "0", "--json");
        assertThat(program.out()).contains("{\"path\":\"node.run\",\"before\":\"1\",\"after\":\"0\"}");
        program.run("replay", data, "--diff", "2", "2");
        assertThat(program.out()).isEmpty();
    }

    // Input 3 is recorded as if a build with another reducer had written it.
    private void plant() throws IOException {
        RecordedNode.rewrite(data, lineOf(3), "\"connection\":\"[0-9a-f]{8}", "\"connection\":\"00000000");
    }

    private int lineOf(int input) throws IOException {
        List<String> lines = Files.readAllLines(RecordedNode.segment(data));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("\"meta\":{\"input\":" + input + ",")) {
                return i;
            }
        }
        throw new AssertionError("there is no input " + input);
    }

    @Test
    void anInputThatStoppedARunIsToldAndTheLogIsClean() throws IOException {
        RecordedNode.rewrite(data, lineOf(7), "\"size\":.*", "\"size\":1,\"failed\":\"step 7.0: it broke\"}");
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines())
                .contains(
                        "failed     input 7 stopped a run (step 7.0: it broke), and this build carries it out; nothing came "
                                + "of it, and the next run went on behind it",
                        "last       7",
                        "result     clean");
        assertThat(program.run("replay", data, "--verify", "--json")).isEqualTo(ExitCode.OK);
        JsonNode failed = json().path("failed");
        assertThat(failed.size()).isEqualTo(1);
        assertThat(failed.path(0).path("step").asLong()).isEqualTo(7);
        assertThat(failed.path(0).path("recorded").asString()).isEqualTo("step 7.0: it broke");
        assertThat(failed.path(0).has("now")).isFalse();
    }

    @Test
    void aDivergenceIsReportedAtItsStep() throws IOException {
        plant();
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.DIVERGED);
        assertThat(program.sentence()).startsWith("step 3 of the log in ");
        assertThat(program.out())
                .contains("result     step 3 diverges: the machine connection changes to another state")
                .contains("machines: connection")
                .contains("connection/connect {");
        program.run("replay", data, "--verify", "--json");
        assertThat(json().path("result").path("step").asLong()).isEqualTo(3);
        assertThat(json().path("result").path("machines").path(0).asString()).isEqualTo("connection");
    }

    @Test
    void aSecondBuildTellsTheFields() throws IOException {
        for (int step : List.of(2, 3)) {
            program.run("replay", data, "--to", step, "--json");
            String state = step == 3 ? program.out().replaceFirst("\"run\":1", "\"run\":9") : program.out();
            Files.writeString(data.resolve("state-" + step), state);
        }
        plant();
        Path other = launcher("cat '" + data + "/state-'\"$4\"");
        assertThat(program.run("replay", data, "--verify", "--second-build", other))
                .isEqualTo(ExitCode.DIVERGED);
        assertThat(program.out())
                .contains("fields that differ after step 3 (recorded -> replayed):")
                .contains("node.run: 9 -> 1")
                .doesNotContain("node.seed: ")
                .contains("before     after step 2 the two builds agree");
        program.sentence();
        Files.copy(data.resolve("state-3"), data.resolve("state-2"), StandardCopyOption.REPLACE_EXISTING);
        program.run("replay", data, "--verify", "--second-build", other);
        assertThat(program.out()).contains("before     fields that differ after step 2");
    }

    @Test
    void aSecondBuildThatFailsIsOneSentence() throws IOException {
        plant();
        Path broken = launcher("echo 'no such\nthing' >&2; exit 3");
        assertThat(program.run("replay", data, "--verify", "--second-build", broken))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence()).contains("it ended with exit code 3 (no such thing)");
        Path talker = launcher("echo hello");
        assertThat(program.run("replay", data, "--verify", "--second-build", talker))
                .isEqualTo(ExitCode.UNAVAILABLE);
        program.sentence();
        assertThat(program.run("replay", data, "--verify", "--second-build", data.resolve("none")))
                .isEqualTo(ExitCode.UNAVAILABLE);
        program.sentence();
    }

    private Path launcher(String body) throws IOException {
        Path file = Files.createTempFile(
                data,
                "dunlin",
                ".sh",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    }

    @Test
    void aLogThatDoesNotFitIsReported() throws IOException {
        RecordedNode.rewrite(data, 0, "\"connection/retry\":", "\"connection/again\":");
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.sentence()).contains("does not fit this build").contains("the build that wrote it");
        assertThat(program.out()).contains("fit        IMPOSSIBLE").contains("connection/again");
        assertThat(program.run("replay", data, "--to", "1")).isEqualTo(ExitCode.DATA_ERROR);
        program.sentence();
        assertThat(program.run("replay", data)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("fit        IMPOSSIBLE");
        assertThat(program.run("log", data)).isEqualTo(ExitCode.OK);
    }

    @Test
    void damageIsReported() throws IOException {
        byte[] bytes = Files.readAllBytes(RecordedNode.segment(data));
        bytes[bytes.length / 2] ^= 1;
        Files.write(RecordedNode.segment(data), bytes);
        for (String mode : List.of("--verify", "--to=7")) {
            assertThat(program.run("replay", data, mode)).as(mode).isEqualTo(ExitCode.DATA_ERROR);
            assertThat(program.sentence())
                    .startsWith(
                            "the log in " + data.resolve("log") + ": log-000000000000001.jsonl is damaged at byte ");
        }
        program.type("g 7\n");
        assertThat(program.run("replay", data, "--step")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("> the log is damaged in ");
        program.run("replay", data, "--verify");
        assertThat(program.out()).contains("result     unreadable: the log is damaged in ");
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        refused(ExitCode.NO_INPUT, "there is no directory", "replay", data.resolve("missing"), "--verify");
        Path empty = Files.createDirectory(data.resolve("empty"));
        refused(ExitCode.NO_INPUT, "there is no log in", "replay", empty, "--verify");
        refused(ExitCode.USAGE, "--to is a whole number, not x", "replay", data, "--to", "x");
        refused(ExitCode.USAGE, "there is no step -1", "replay", data, "--to=-1");
        refused(ExitCode.USAGE, "there is no step -2", "replay", data, "--diff", "1", "-2");
        refused(ExitCode.NO_INPUT, "the log ends at step 7: there is no step 8", "replay", data, "--to", "8");
        refused(ExitCode.USAGE, "--verify, --step exclude one another", "replay", data, "--verify", "--step");
        refused(ExitCode.USAGE, "--", "replay", data, "--to", "1", "--diff", "1", "2");
        refused(ExitCode.USAGE, "--diff is to be followed by N N", "replay", data, "--diff", "1");
        refused(ExitCode.USAGE, "--diff is given once", "replay", data, "--diff", "1", "2", "--diff", "3", "4");
        refused(ExitCode.USAGE, "--second-build goes with", "replay", data, "--second-build", "x");
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
