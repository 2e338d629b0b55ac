package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LogCommandTest {

    @TempDir
    private Path data;

    private final Program program = new Program();

    @Test
    void aLineForEachInput() throws IOException {
        RecordedNode.day(data);
        assertThat(program.run("log", data)).isEqualTo(ExitCode.OK);
        List<String> lines = program.outLines();
        assertThat(lines).hasSize(7);
        assertThat(lines.get(0)).startsWith("       1  2023-11-14T22:13:21.000000Z  node/booted  {\"run\":1,");
        assertThat(lines.get(1))
                .contains("connection/retry")
                .contains("[refused connection/retry: no attempt to connect to it has failed]");
        assertThat(lines).allMatch(line -> line.matches(" {7}\\d  .*"));
        assertThat(program.run("log", data.resolve("log"))).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).isEqualTo(lines);
    }

    @Test
    void marksAreShownWhenAsked() throws IOException {
        RecordedNode.day(data);
        program.run("log", data, "--marks");
        assertThat(program.outLines())
                .contains(
                        "       -  segment from step 1, forced up to 0, build test+1", "       -  forced up to step 6");
    }

    @Test
    void jsonIsTheLinesThemselves() throws IOException {
        RecordedNode.day(data);
        program.run("log", data, "--json", "--marks");
        assertThat(program.outLines()).isEqualTo(Files.readAllLines(RecordedNode.segment(data)));
        program.run("log", data, "--json");
        assertThat(program.outLines()).hasSize(7);
    }

    @Test
    void byType() throws IOException {
        RecordedNode.day(data);
        program.run("log", data, "--type", "connection/connect");
        assertThat(program.outLines()).hasSize(3).allMatch(line -> line.contains("  connection/connect"));
        program.run("log", data, "--type", "node/", "--type", "connection/reset");
        assertThat(program.outLines()).hasSize(2);
        program.run("log", data, "--type", "nothing/");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void byPeerInAnyForm() throws IOException {
        RecordedNode.day(data);
        program.run("log", data, "--peer", RecordedNode.BEN);
        assertThat(program.outLines()).hasSize(3).allMatch(line -> line.contains(RecordedNode.BEN.toString()));
        List<String> lines = program.outLines();
        program.run("log", data, "--peer", RecordedNode.BEN.toCid());
        assertThat(program.outLines()).isEqualTo(lines);
    }

    @Test
    void aRejectionAboutAPeerConcernsIt() {
        LogLine line = LogLine.of("{\"type\":\"a/b\",\"payload\":{},\"meta\":{\"input\":1,\"at\":0,\"rejected\":"
                + "[{\"index\":0,\"type\":\"a/c\",\"subject\":\"peer\",\"key\":\"ann\",\"clause\":\"is-there\","
                + "\"operands\":{\"phase\":\"gone\"}}]}}");
        assertThat(line.concerns("ann")).isTrue();
        assertThat(line.concerns("ben")).isFalse();
        assertThat(line.text(0, false))
                .isEqualTo("       1  1970-01-01T00:00:00.000000Z  a/b  {}  "
                        + "[refused a/c: its condition 'is there' is not met: phase is gone]");
        assertThat(line.text(7_000_000, true))
                .isEqualTo("       1  1970-01-01T00:00:07.000000Z (node 0)  a/b  {}  "
                        + "[refused a/c: its condition 'is there' is not met: phase is gone (is-there: phase=gone)]");
    }

    @Test
    void nothingThatPeersChooseReachesTheTerminal() {
        LogLine line = LogLine.of(
                "{\"type\":\"a/b\",\"payload\":{\"agent\":\"\u009b2Jx\u202eé\"},\"meta\":{\"input\":1,\"at\":0}}");
        assertThat(line.text(0, false)).endsWith("{\"agent\":\"\\u{9b}2Jx\\u{202e}é\"}");
        assertThat(LogLine.shortened("x".repeat(1000))).hasSize(160).endsWith("…");
    }

    @Test
    void aTailIsMentioned() throws IOException {
        RecordedNode.day(data);
        Files.writeString(RecordedNode.segment(data), "{\"type\":\"half", StandardOpenOption.APPEND);
        assertThat(program.run("log", data)).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSize(7);
        assertThat(program.sentence()).contains("log-000000000000001.jsonl ends with 13 bytes that are no whole line");
    }

    @Test
    void followGoesOnAsTheNodeWrites() throws IOException {
        try (RecordedNode node = RecordedNode.in(data)) {
            node.boot();
            StringWriter out = new StringWriter();
            int[] looks = {0};
            Pause pause = () -> {
                try {
                    if (looks[0] < 3) {
                        node.connect(RecordedNode.ANN);
                    }
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
                return ++looks[0] < 5;
            };
            assertThat(follow(pause, out)).isZero();
            assertThat(out.toString().lines())
                    .hasSize(4)
                    .last()
                    .asString()
                    .startsWith("       4  ")
                    .contains("connection/connect");
            assertThat(looks[0]).isEqualTo(5);
        }
    }

    @Test
    void followEndsWhenNobodyReads() throws IOException {
        RecordedNode.day(data);
        Writer closed = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("the pipe is closed");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Pause never = () -> {
            throw new AssertionError("it goes on");
        };
        assertThat(follow(never, closed)).isZero();
    }

    private int follow(Pause pause, Writer out) {
        return new CommandLine(new LogCommand(new Machines(), BuildInfo.current(), pause))
                .setOut(new PrintWriter(out, true))
                .execute(data.toString(), "--follow");
    }

    @Test
    void sealEndsTheLogWithASnapshot() throws IOException {
        RecordedNode.day(data);
        assertThat(program.run("log", data, "--seal")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).startsWith("sealed after step 7: ");
        assertThat(data.resolve("log").resolve("snap-000000000000007.jsonl.zst"))
                .exists();
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
    }

    @Test
    void aRunningNodeIsNotSealed() throws IOException {
        try (RecordedNode node = RecordedNode.in(data)) {
            node.boot();
            assertThat(program.run("log", data, "--seal")).isEqualTo(ExitCode.BUSY);
            assertThat(program.sentence()).contains("the log in " + data.resolve("log") + " is in use by");
            assertThat(program.run("log", data)).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        Path missing = data.resolve("missing");
        refused(ExitCode.NO_INPUT, "there is no directory " + missing, "log", missing);
        refused(ExitCode.NO_INPUT, "there is no log in " + data, "log", data);
        refused(ExitCode.NO_INPUT, "there is no log in " + data, "log", data, "--follow");
        refused(ExitCode.NO_INPUT, "there is no log in " + data, "log", data, "--seal");
        assertThat(data).isEmptyDirectory();
        Path file = Files.writeString(data.resolve("file"), "x");
        refused(ExitCode.NO_INPUT, file + " is no directory", "log", file);
        Path fresh = data.resolve("fresh");
        Identity.create(fresh);
        refused(ExitCode.NO_INPUT, "there is no log in the data directory " + fresh + ": its node", "log", fresh);
        refused(
                ExitCode.USAGE,
                "the directory stands here without an option: dunlin log DIR",
                "log",
                "--data-dir",
                fresh);
        refused(
                ExitCode.NO_INPUT,
                "there is no directory " + data.resolve("frehs")
                        + ": give a node's data directory, or the folder that holds its log; did you mean " + fresh
                        + "?",
                "log",
                data.resolve("frehs"));
        for (String verb : List.of("backup", "support-bundle")) {
            refused(ExitCode.NO_INPUT, file + " is no directory", verb, file, data.resolve("new.tar.zst"));
        }
        refused(ExitCode.NO_INPUT, file + " is no directory", "status", "--data-dir", file);
        Files.createDirectory(fresh.resolve("log"));
        refused(
                ExitCode.NO_INPUT,
                fresh.resolve("log") + " is the log of the node in " + fresh,
                "status",
                "--data-dir",
                fresh.resolve("log"));
        refused(
                ExitCode.NO_INPUT,
                fresh.resolve("log") + " is the log of the node in " + fresh,
                "backup",
                fresh.resolve("log"),
                data.resolve("new.tar.zst"));
        refused(
                ExitCode.USAGE,
                fresh + " is one argument too many: a directory stands behind --data-dir here",
                "status",
                fresh);
        RecordedNode.day(data);
        refused(ExitCode.USAGE, "--peer is no peer id", "log", data, "--peer", "ann");
        refused(ExitCode.USAGE, "--seal goes with no other option", "log", data, "--seal", "--follow");
        refused(ExitCode.USAGE, data + " is one argument too many", "log", data, data);
    }

    @Test
    void damageIsOneSentence() throws IOException {
        RecordedNode.day(data);
        byte[] bytes = Files.readAllBytes(RecordedNode.segment(data));
        bytes[bytes.length / 2] ^= 1;
        Files.write(RecordedNode.segment(data), bytes);
        refused(
                ExitCode.DATA_ERROR,
                "the log in " + data.resolve("log") + ": log-000000000000001.jsonl is damaged at byte ",
                "log",
                data);
        assertThat(program.sentence()).contains("; inputs 1 to 7 are lost, and no node starts from this log: put");
        refused(ExitCode.DATA_ERROR, "the log is damaged", "log", data, "--seal");
    }

    @Test
    void aLogOfAnotherBuildIsRefusedWithWhatToType() throws IOException {
        RecordedNode.day(data);
        RecordedNode.rewrite(data, 0, "\"connection/retry\":", "\"connection/again\":");
        refused(ExitCode.DATA_ERROR, "this build cannot go on from the log", "log", data, "--seal");
        assertThat(program.sentence())
                .contains(": type connection/again was removed", "renamedField, defaulted")
                .endsWith("or begin a new log. To seal it, with that build: dunlin log DIR --seal");
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
