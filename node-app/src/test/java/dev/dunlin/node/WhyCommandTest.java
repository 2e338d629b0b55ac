package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.multiformats.Multiaddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WhyCommandTest {

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
    void aRejectedPeerIsExplainedInTheLastLine() {
        assertThat(program.run("why", data, "--peer", RecordedNode.BEN)).isEqualTo(ExitCode.OK);
        assertThat(program.err()).isEmpty();
        assertThat(program.outLines())
                .contains("log        " + data.resolve("log"), "subject    peer " + RecordedNode.BEN);
        assertThat(program.out())
                .contains("index      built in ")
                .contains("2.0  2023-11-14T22:13:22.000000Z  input   connection/retry")
                .contains("[refused: no attempt to connect to it has failed]")
                .contains("effect  connection/connectInit");
        assertThat(program.outLines().getLast())
                .startsWith("peer " + RecordedNode.BEN + " after step 7: connection disconnected")
                .endsWith("; last refused at step 2.0, 2023-11-14T22:13:22.000000Z: connection/retry, because no"
                        + " attempt to connect to it has failed");
        program.run("why", data.resolve("log"), "--peer", RecordedNode.BEN, "--last", 1);
        assertThat(program.out()).contains("index      found in ").contains("chain      1 of ");
        assertThat(program.outLines().getLast()).contains("last refused at step 2.0");
    }

    @Test
    void whatFailedStandsInTheChain() {
        assertThat(program.run("why", data, "--peer", RecordedNode.ANN)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("connection/connectionFailed").contains("nobody listens");
    }

    @Test
    void theSameAsJson() {
        assertThat(program.run("why", data, "--subject", "peer:" + RecordedNode.BEN, "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSize(1);
        JsonNode report = json();
        assertThat(report.path("subject").path("key").asString()).isEqualTo(RecordedNode.BEN.toString());
        assertThat(report.path("chain").size()).isEqualTo(report.path("total").asInt());
        JsonNode retry = report.path("chain").path(0);
        assertThat(retry.path("id").asString()).isEqualTo("2.0");
        assertThat(retry.path("kind").asString()).isEqualTo("input");
        assertThat(retry.path("payload").path("peer").asString()).isEqualTo(RecordedNode.BEN.toString());
        assertThat(retry.path("rejected").path("clause").asString()).isEqualTo("has-failed");
        assertThat(retry.path("rejected").path("operands").path("phase").asString())
                .isEqualTo("disconnected");
        assertThat(report.path("lastRejection")).isEqualTo(retry);
        assertThat(report.path("rejections").asInt()).isEqualTo(1);
        assertThat(report.path("phases").path("connection").asString()).isEqualTo("disconnected");
        assertThat(report.path("summary").asString()).contains("last refused at step 2.0");
    }

    @Test
    void aPeerOfWhichNothingIsKnown() {
        String nobody = "12D3KooWHaHKcpZcjezK4DSMnXQVQZPJUEZDnxeanjPAWeVT4pQ3";
        assertThat(program.run("why", data, "--peer", nobody)).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence())
                .isEqualTo("the log in " + data.resolve("log") + " says nothing of peer " + nobody
                        + ": check the name, or whether the log is that of another node");
        assertThat(program.outLines().getLast())
                .isEqualTo(
                        "nothing in steps 1 to 7 is about peer " + nobody + "; the log has subjects of the kinds peer");
        assertThat(program.run("why", data, "--subject", "round:7")).isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.outLines().getLast()).startsWith("nothing in steps 1 to 7 is about round 7; ");
    }

    @Test
    void theIndexGrowsWithARunningNode() throws IOException {
        program.run("why", data, "--peer", RecordedNode.ANN);
        try (RecordedNode node = RecordedNode.in(data)) {
            node.boot();
            node.take(new ConnectionAction.ConnectionFailed(
                    99,
                    RecordedNode.ANN,
                    Multiaddr.parse("/ip4/192.0.2.1/tcp/4001"),
                    new ConnectionError(ConnectionError.Kind.REFUSED, "late")));
            assertThat(program.run("why", data, "--peer", RecordedNode.ANN)).isEqualTo(ExitCode.OK);
        }
        assertThat(program.out()).contains("index      extended in ").contains("late");
        assertThat(program.outLines().getLast()).contains("after step 9").contains("last refused at step 9.0");
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.run("log", data, "--seal")).isEqualTo(ExitCode.OK);
        assertThat(Files.isDirectory(data.resolve("log").resolve("index"))).isTrue();
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        refused(ExitCode.USAGE, "one of --peer, --subject is needed", "why", data);
        refused(ExitCode.USAGE, "--peer is no peer id", "why", data, "--peer", "ann");
        refused(ExitCode.USAGE, "--subject is KIND:KEY", "why", data, "--subject", "peer");
        refused(ExitCode.USAGE, "--subject is KIND:KEY", "why", data, "--subject", "peer:");
        refused(ExitCode.USAGE, "--last is from 1 to", "why", data, "--subject", "a:b", "--last", "0");
        refused(
                ExitCode.USAGE,
                "--peer, --subject exclude one another",
                "why",
                data,
                "--subject",
                "a:b",
                "--peer",
                RecordedNode.ANN);
        refused(ExitCode.NO_INPUT, "there is no directory", "why", data.resolve("x"), "--peer", RecordedNode.ANN);
        Path index = data.resolve("log").resolve("index");
        try (DirectoryStorage busy = DirectoryStorage.open(index)) {
            assertThat(busy.names()).isEmpty();
            refused(ExitCode.BUSY, "another command uses the index in ", "why", data, "--peer", RecordedNode.ANN);
        }
        Files.delete(index.resolve("lock"));
        Files.delete(index);
        Files.writeString(index, "in the way");
        refused(ExitCode.CANNOT_CREATE, "cannot write the index in ", "why", data, "--peer", RecordedNode.ANN);
    }

    @Test
    void theIndexIsWhereItIsWanted(@TempDir Path other) throws IOException {
        Path folder = other.resolve("kept");
        assertThat(program.run("why", data, "--peer", RecordedNode.ANN, "--index", folder))
                .isEqualTo(ExitCode.OK);
        assertThat(program.err()).isEmpty();
        assertThat(program.run("replay", data, "--cost", "--index", folder)).isEqualTo(ExitCode.OK);
        assertThat(program.run("why", data, "--peer", RecordedNode.ANN, "--index", folder))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("index      found in ");
        assertThat(data.resolve("log").resolve("index")).doesNotExist();
        // The log's own files are safe from whoever names its folder.
        assertThat(program.run("log", data, "--seal")).isEqualTo(ExitCode.OK);
        assertThat(program.run("why", data, "--peer", RecordedNode.ANN, "--index", data.resolve("log")))
                .isEqualTo(ExitCode.OK);
        assertThat(data.resolve("log").resolve("snap-000000000000007.jsonl.zst"))
                .exists();
    }

    @Test
    void aLogThatCannotBeWrittenIsAskedAllTheSame(@TempDir Path home) throws Exception {
        Path log = data.resolve("log");
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("r-xr-xr-x"));
        try (ProgramProcess why = ProgramProcess.start(home, "why", data, "--peer", RecordedNode.BEN)) {
            assertThat(why.code()).as(why.err()).isEqualTo(ExitCode.OK.code());
            assertThat(why.out()).contains("index      built in ").contains("connection/retry, because no attempt");
            assertThat(why.err())
                    .isEqualTo(
                            "dunlin: " + log + " cannot be written: the log's index is made in a temporary folder, for"
                                    + " this once; --index DIR keeps one\n");
            try (Stream<Path> left = Files.list(home)) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .allMatch(name -> name.startsWith("printed"));
            }
        } finally {
            Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(log.resolve("index")).doesNotExist();
    }

    @Test
    void aLogThatReplaysToAnotherResultIsNotExplained() throws IOException {
        List<String> lines = Files.readAllLines(RecordedNode.segment(data));
        int third = 0;
        while (!lines.get(third).contains("\"meta\":{\"input\":3,")) {
            third++;
        }
        RecordedNode.rewrite(data, third, "\"connection\":\"[0-9a-f]{8}", "\"connection\":\"00000000");
        for (List<Object> args : List.of(
                List.<Object>of("why", data, "--peer", RecordedNode.ANN),
                List.<Object>of("replay", data, "--cost"),
                List.<Object>of("replay", data, "--cause", "1"))) {
            refused(ExitCode.DIVERGED, "step 3 of the log replays to another result", args.toArray());
            assertThat(program.sentence()).endsWith(", and see dunlin replay DIR --verify");
        }
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning.replaceFirst("^Error: ", ""));
    }
}
