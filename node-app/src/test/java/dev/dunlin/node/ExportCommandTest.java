package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportCommandTest {

    private static final Path LOADER =
            Path.of("src", "interop", "devtools").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private final Program program = new Program();
    private Path data = Path.of("");

    @BeforeEach
    void record() throws IOException {
        data = Files.createDirectory(folder.resolve("node"));
        RecordedNode.day(data);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }

    private JsonNode state(long step) {
        program.run("replay", data, "--to", step, "--json");
        return json(program.out());
    }

    // As JavaScript can hold it: a time that never comes is a string.
    private JsonNode shown(long step) {
        String never = Long.toString(Long.MAX_VALUE);
        return json(state(step).toString().replace(never, "\"" + never + "\""));
    }

    @Test
    void aDevToolsFileHasTheFormOfALiftedState() throws IOException {
        Path file = folder.resolve("state.json");
        assertThat(program.run("export", data, "--devtools", file, "--from", "3", "--to", "5"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).containsExactly(file.toString());
        JsonNode lifted = json(Files.readString(file));
        assertThat(lifted.propertyNames())
                .containsExactlyInAnyOrder(
                        "actionsById",
                        "computedStates",
                        "nextActionId",
                        "stagedActionIds",
                        "skippedActionIds",
                        "committedState",
                        "currentStateIndex",
                        "monitorState",
                        "isLocked",
                        "isPaused");
        assertThat(lifted.path("actionsById").propertyNames()).containsExactly("0", "1", "2", "3");
        assertThat(lifted.path("actionsById")
                        .path("0")
                        .path("action")
                        .path("type")
                        .asString())
                .isEqualTo("@@INIT");
        JsonNode first = lifted.path("actionsById").path("1");
        assertThat(first.path("timestamp").asLong()).isEqualTo((RecordedNode.BEGAN + 3_000_000) / 1000);
        assertThat(first.path("action").path("type").asString()).isEqualTo("connection/connect");
        assertThat(first.path("action").path("meta").path("input").asLong()).isEqualTo(3);
        assertThat(first.path("action")
                        .path("meta")
                        .path("ledTo")
                        .path(0)
                        .path("type")
                        .asString())
                .isEqualTo("connection/connectInit");
        assertThat(lifted.path("committedState")).isEqualTo(shown(2));
        assertThat(lifted.path("computedStates").size()).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            assertThat(lifted.path("computedStates").path(i).path("state")).isEqualTo(shown(2 + i));
        }
        assertThat(lifted.path("stagedActionIds").toString()).isEqualTo("[0,1,2,3]");
        assertThat(lifted.path("nextActionId").asLong()).isEqualTo(4);
        assertThat(lifted.path("currentStateIndex").asLong()).isEqualTo(3);
    }

    private static Optional<String> missing() throws InterruptedException {
        try {
            if (new ProcessBuilder("node", "--version").start().waitFor() != 0) {
                return Optional.of("Node.js does not run");
            }
        } catch (IOException e) {
            return Optional.of("Node.js is not installed: install 20.10 or later");
        }
        return Files.isDirectory(LOADER.resolve("node_modules").resolve("@redux-devtools"))
                ? Optional.empty()
                : Optional.of("the Redux DevTools are not installed: run npm ci in node-app/src/interop/devtools");
    }

    @Test
    void thePublishedDevToolsLoadTheFile() throws IOException, InterruptedException {
        Optional<String> missing = missing();
        Assumptions.assumeTrue(
                missing.isEmpty(), () -> "loading an export with the Redux DevTools is skipped: " + missing.orElse(""));
        Path file = folder.resolve("state.json");
        program.run("export", data, "--devtools", file, "--from", "2", "--to", "7");
        Process node = new ProcessBuilder("node", "load.mjs", file.toString())
                .directory(LOADER.toFile())
                .redirectError(folder.resolve("node.err").toFile())
                .start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor())
                .as(Files.readString(folder.resolve("node.err")))
                .isZero();
        JsonNode shown = json(said);
        assertThat(shown.path("currentStateIndex").asLong()).isEqualTo(6);
        assertThat(shown.path("current")).isEqualTo(shown(7));
        assertThat(shown.path("committedState")).isEqualTo(shown(1));
        assertThat(shown.path("visited").size()).isEqualTo(7);
        for (int i = 0; i < 7; i++) {
            assertThat(shown.path("visited").path(i).path("state")).isEqualTo(shown(1 + i));
        }
        assertThat(shown.path("visited")
                        .path(1)
                        .path("action")
                        .path("meta")
                        .path("rejected")
                        .path("clause")
                        .asString())
                .isEqualTo("has-failed");
        assertThat(shown.path("more").asLong()).isEqualTo(7);
    }

    @Test
    void aTestIsWrittenBesideItsSteps() throws IOException {
        Path file = folder.resolve("DayTest.java");
        assertThat(program.run(
                        "export", data, "--junit", file, "--from", "3", "--to", "5", "--class", "com.example.DayTest"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines())
                .containsExactly(
                        file.toString(), folder.resolve("DayTest.jsonl").toString());
        assertThat(Files.readString(file))
                .startsWith("package com.example;\n")
                .contains("class DayTest {")
                .contains("dev.dunlin.node.NodeRoot.newStore()")
                .contains("new Step(3L, 2, \"")
                .doesNotContain("12D3")
                .doesNotContain(" \n");
        List<String> lines = Files.readAllLines(folder.resolve("DayTest.jsonl"));
        assertThat(lines).hasSize(4);
        assertThat(json(lines.getFirst()).path("payload").path("state")).isEqualTo(state(2));
        assertThat(json(lines.get(1)).path("type").asString()).isEqualTo("connection/connect");
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        Path file = folder.resolve("State.java");
        refused(ExitCode.USAGE, "one of --devtools, --junit is needed", "--from", "1", "--to", "2");
        refused(
                ExitCode.USAGE,
                "--devtools, --junit exclude one another",
                "--from",
                "1",
                "--to",
                "2",
                "--devtools",
                file,
                "--junit",
                file);
        refused(ExitCode.USAGE, "--from is a step", "--from", "0", "--to", "2", "--devtools", file);
        refused(ExitCode.USAGE, "--from is a step", "--from", "3", "--to", "2", "--junit", file);
        refused(ExitCode.USAGE, "--class goes with", "--from", "1", "--to", "2", "--devtools", file, "--class", "X");
        refused(
                ExitCode.USAGE,
                "the class Other stands in",
                "--from",
                "1",
                "--to",
                "2",
                "--junit",
                file,
                "--class",
                "Other");
        refused(ExitCode.USAGE, "'1x' is no name", "--from", "1", "--to", "2", "--junit", folder.resolve("1x.java"));
        refused(
                ExitCode.USAGE,
                "--junit writes a file NAME.java",
                "--from",
                "1",
                "--to",
                "2",
                "--junit",
                folder.resolve("x"));
        for (String kind : List.of("--devtools", "--junit")) {
            refused(ExitCode.DATA_ERROR, "an export has at most", "--from", "1", "--to", "6000", kind, file);
            refused(
                    ExitCode.NO_INPUT,
                    "the log ends at step 7: there is no step 8",
                    "--from",
                    "6",
                    "--to",
                    "8",
                    kind,
                    file);
            refused(
                    ExitCode.NO_INPUT,
                    "the log ends at step 7: there is no step 10",
                    "--from",
                    "10",
                    "--to",
                    "11",
                    kind,
                    file);
        }
        refused(
                ExitCode.CANNOT_CREATE,
                "cannot write " + folder.resolve("no/state") + ": there is no folder " + folder.resolve("no") + ";",
                "--from",
                "1",
                "--to",
                "2",
                "--devtools",
                folder.resolve("no/state"));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("nothing is left behind").containsExactly(data);
        }
        Files.writeString(file, "mine");
        refused(ExitCode.CANNOT_CREATE, "cannot write", "--from", "1", "--to", "2", "--junit", file);
        refused(ExitCode.CANNOT_CREATE, "cannot write", "--from", "1", "--to", "2", "--devtools", file);
        assertThat(Files.readString(file)).isEqualTo("mine");
        Files.writeString(folder.resolve("OtherTest.jsonl"), "mine");
        refused(
                ExitCode.CANNOT_CREATE,
                "cannot write",
                "--from",
                "1",
                "--to",
                "2",
                "--junit",
                folder.resolve("OtherTest.java"));
        assertThat(Files.readString(folder.resolve("OtherTest.jsonl"))).isEqualTo("mine");
        assertThat(folder.resolve("OtherTest.java")).doesNotExist();
    }

    private void refused(ExitCode code, String beginning, Object... options) {
        Object[] args =
                Stream.concat(Stream.of("export", data), Stream.of(options)).toArray();
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
