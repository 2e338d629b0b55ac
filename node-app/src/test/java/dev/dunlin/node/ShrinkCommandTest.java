package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShrinkCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final Program program = new Program();

    @BeforeEach
    void record() throws IOException {
        RecordedNode.day(data());
    }

    private Path data() {
        return folder.resolve("data");
    }

    private static String ran(ChangedBuild build, ExitCode wanted, Object... args) throws Exception {
        Process process = build.start(
                ProcessBuilder.Redirect.PIPE,
                ProcessBuilder.Redirect.DISCARD,
                List.of(args).stream().map(Object::toString).toList());
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(wanted.code());
        return said;
    }

    @Test
    void whereNothingBreaksNothingIsWritten() {
        Path out = folder.resolve("out");
        assertThat(program.run("shrink", data(), "--out", out)).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence())
                .isEqualTo("nothing in the log in " + data().resolve("log")
                        + " breaks an invariant of this build, or makes it throw: there is nothing to shrink");
        assertThat(out).doesNotExist();
    }

    @Test
    void whatIsLeftIsALogOfItsOwnThatBreaksTheSameAndATest() throws Exception {
        ChangedBuild forgetful = ChangedBuild.changed(
                folder.resolve("build"),
                "p2p-connection/src/main/java/dev/dunlin/connection/Dials.java",
                "long again = attempt.isLast() ? Due.NEVER : ctx.now() + backOff(config, attempt.attempts(), ctx.random());",
                "long again = Long.MAX_VALUE;");
        Path out = folder.resolve("out");
        String said = ran(forgetful, ExitCode.OK, "shrink", data(), "--out", out);
        assertThat(said)
                .startsWith("step 4: connection breaks deadlines-are-right")
                .contains("small log: " + out.resolve("log"))
                .contains("test: " + out.resolve("ShrunkTest.java"));
        assertThat(out.resolve("ShrunkTest.jsonl")).exists();
        assertThat(out.resolve("ShrunkTest.java")).content().contains("class ShrunkTest {");
        ChangedBuild.compile(out.resolve("ShrunkTest.java"), ChangedBuild.testClassPath(), out);
        assertThat(forgetful.tested(out, "ShrunkTest", "breaksNothing"))
                .as("the fault is there")
                .hasValueSatisfying(failure -> assertThat(failure).hasMessageContaining("deadlines-are-right"));
        assertThat(ChangedBuild.original(folder.resolve("mended")).tested(out, "ShrunkTest", "breaksNothing"))
                .as("it is mended")
                .isEmpty();

        assertThat(ran(forgetful, ExitCode.OK, "replay", out))
                .containsPattern("from step 1: .* \\(open-loop: \\d of 4");
        assertThat(ran(forgetful, ExitCode.OK, "replay", out, "--verify")).contains("result     clean");
        assertThat(ran(forgetful, ExitCode.OK, "shrink", out))
                .contains("connection breaks deadlines-are-right")
                .contains("connection/connectionFailed");
        assertThat(program.run("replay", out, "--verify")).isEqualTo(ExitCode.DIVERGED);
        assertThat(program.run("shrink", out)).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence()).startsWith("nothing in the log in ").contains(" breaks an invariant");

        byte[] before = Files.readAllBytes(out.resolve("ShrunkTest.jsonl"));
        ran(forgetful, ExitCode.CANNOT_CREATE, "shrink", data(), "--out", out);
        assertThat(out.resolve("ShrunkTest.jsonl")).hasBinaryContent(before);
    }
}
