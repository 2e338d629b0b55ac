package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BisectCommandTest {

    @TempDir
    private Path folder;

    private final Program program = new Program();
    private Path first = Path.of("");
    private Path second = Path.of("");

    @BeforeEach
    void record() throws IOException {
        first = folder.resolve("first");
        second = folder.resolve("second");
        RecordedNode.day(Files.createDirectory(first));
        RecordedNode.day(Files.createDirectory(second));
    }

    private JsonNode json() {
        return JsonMapper.builder().build().readTree(program.out());
    }

    @Test
    void twoRecordsOfOneDayDoNotDiffer() {
        assertThat(program.run("bisect", first, second)).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence()).isEqualTo("the two logs do not differ in steps 1 to 7");
        assertThat(program.outLines())
                .containsExactly(
                        "first      " + first.resolve("log"),
                        "second     " + second.resolve("log"),
                        "compared   steps 1 to 7",
                        "result     no difference");
        program.run("bisect", first, second, "--json");
        assertThat(json().path("result").asString()).isEqualTo("no difference");
        assertThat(json().path("compared").path("to").asLong()).isEqualTo(7);
    }

    @Test
    void anAlteredDigestIsFoundWithItsMachineAndTheLogThatThisBuildMakes() throws IOException {
        int line = 0;
        List<String> lines = Files.readAllLines(RecordedNode.segment(second));
        while (!lines.get(line).contains("\"meta\":{\"input\":3,")) {
            line++;
        }
        RecordedNode.rewrite(second, line, "\"connection\":\"[0-9a-f]{8}", "\"connection\":\"00000000");
        assertThat(program.run("bisect", first, second)).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains(
                        "result     step 3 is the first that differs: the machine connection changes to another state")
                .contains("machines: connection")
                .contains("input: connection/connect {")
                .contains("fields     no field differs after step 3")
                .contains("build      this build departs from the second log at this step: the machine connection")
                .doesNotContain("departs from the first");
        program.run("bisect", first, second, "--json");
        assertThat(json().path("result").path("step").asLong()).isEqualTo(3);
        assertThat(json().path("result").path("kind").asString()).isEqualTo("STATE");
        assertThat(json().path("result").path("machines").path(0).asString()).isEqualTo("connection");
    }

    @Test
    void anotherInputIsFoundWithTheFieldsThatItMade() throws IOException {
        for (Path data : List.of(first, second)) {
            try (RecordedNode node = RecordedNode.in(data)) {
                node.connect(data.equals(first) ? RecordedNode.ANN : RecordedNode.BEN);
                node.take(new ConnectionAction.Disconnect(RecordedNode.ANN));
            }
        }
        assertThat(program.run("bisect", first, second)).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("step 8 is the first that differs: the inputs have other payloads")
                .contains("first log: connection/connect {\"peer\":\"" + RecordedNode.ANN)
                .contains("second log: connection/connect {\"peer\":\"" + RecordedNode.BEN)
                .contains("fields     after step 8 (first log -> second log, as this build replays them):")
                .contains("connection.known.phases." + RecordedNode.ANN);
    }

    @Test
    void aShorterLogAndTheSnapshots() throws IOException {
        for (Path data : List.of(first, second)) {
            assertThat(program.run("log", data, "--seal")).isEqualTo(ExitCode.OK);
        }
        program.run("bisect", first, second, "--quick");
        assertThat(program.outLines())
                .contains(
                        "compared   no step stands behind the last snapshots, which agree", "result     no difference");
        try (RecordedNode node = RecordedNode.in(second)) {
            node.connect(RecordedNode.ANN);
        }
        program.run("bisect", first, second, "--quick");
        assertThat(program.out())
                .contains("step 8 is the first that differs: the first log has ended")
                .contains("first log: (none)");
    }

    private Path launcher(String body) throws IOException {
        Path file = Files.createTempFile(
                folder,
                "dunlin",
                ".sh",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    }

    @Test
    void twoBuildsThatAgree() throws IOException {
        Path other = launcher("echo '{\"result\":\"clean\"}'");
        assertThat(program.run("bisect", first, "--second-build", other)).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence())
                .isEqualTo("both builds replay the log in " + first.resolve("log") + " to what was recorded");
        assertThat(program.outLines())
                .containsExactly(
                        "log        " + first.resolve("log"),
                        "this build clean",
                        "second     clean",
                        "departs    neither");
    }

    @Test
    void aSecondBuildThatCannotTellTheFieldsIsReported() throws IOException {
        Path other =
                launcher("case $3 in --verify) echo '{\"result\":{\"step\":3,\"what\":\"it stops\",\"machines\":[]}}';"
                        + " exit 65;; *) echo no such step >&2; exit 65;; esac");
        assertThat(program.run("bisect", first, "--second-build", other)).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("second     step 3: it stops")
                .contains("departs    second build")
                .contains("input      connection/connect {")
                .contains("fields     not known: the second build")
                .contains("(no such step)");
    }

    @Test
    void aSecondBuildThatFailsIsOneSentence() throws IOException {
        for (String body :
                List.of("echo hello", "exit 3", "echo '{\"result\":\"does not fit\"}'; exit 65", "echo {}")) {
            assertThat(program.run("bisect", first, "--second-build", launcher(body)))
                    .as(body)
                    .isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence()).contains("cannot verify the log");
        }
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        refused(ExitCode.USAGE, "bisect compares two logs, or two builds", "bisect");
        refused(ExitCode.USAGE, "--second-build replays one log", "bisect", first, second, "--second-build", "x");
        refused(ExitCode.USAGE, second + " is one argument too many", "bisect", first, first, second);
        refused(ExitCode.USAGE, "--second-build replays one log", "bisect", first, "--quick", "--second-build", "x");
        refused(ExitCode.NO_INPUT, "there is no directory", "bisect", first, folder.resolve("none"));
        refused(ExitCode.NO_INPUT, "there is no log", "bisect", first, Files.createDirectory(folder.resolve("empty")));
        byte[] bytes = Files.readAllBytes(RecordedNode.segment(second));
        bytes[bytes.length / 2] ^= 1;
        Files.write(RecordedNode.segment(second), bytes);
        refused(ExitCode.DATA_ERROR, "the log is damaged in", "bisect", first, second);
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
