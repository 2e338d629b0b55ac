package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.log.DirectoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin replay} with {@code --cause}, {@code --blame} and {@code --cost}. */
class ReplayQueriesTest {

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
    void theCauseOfAnEffectAndWhatAnInputLedTo() {
        assertThat(program.run("replay", data, "--cause", "3.1")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSize(2);
        assertThat(program.outLines().getFirst()).startsWith("       3.0  ").contains("input   connection/connect");
        assertThat(program.outLines().getLast())
                .startsWith(">      3.1  ")
                .contains("effect  connection/connectInit")
                .endsWith("<- 3.0");
        assertThat(program.run("replay", data, "--cause", "3", "--json")).isEqualTo(ExitCode.OK);
        assertThat(json().path("causes")).isEmpty();
        assertThat(json().path("action").path(1).path("cause").asString()).isEqualTo("3.0");
        assertThat(json().path("complete").asBoolean()).isTrue();
    }

    @Test
    void blameOfAPeersPhase() {
        String path = "connection.known.phases." + RecordedNode.ANN;
        assertThat(program.run("replay", data, "--blame", path)).isEqualTo(ExitCode.OK);
        assertThat(program.outLines().getFirst()).contains("7.0  ").contains("connection/reset");
        assertThat(program.outLines().getLast()).startsWith(path + ": {").endsWith(" -> (absent)");
        assertThat(program.run("replay", data, "--blame", path + ".kind", "--to", 5, "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("result").asString()).isEqualTo("changed");
        assertThat(json().path("action").path("type").asString()).isEqualTo("connection/connectionFailed");
        assertThat(json().path("before").asString()).isEqualTo("\"connecting\"");
        assertThat(program.run("replay", data, "--blame", "connection.known.phases.x"))
                .isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.out()).isEqualTo("connection.known.phases.x was never in the state from the beginning on\n");
        assertThat(program.sentence())
                .isEqualTo("there is no connection.known.phases.x in the state at any of these steps: check the names"
                        + " against dunlin replay DIR --to N");
        program.run("replay", data, "--blame", "connection.open.inbound");
        assertThat(program.out())
                .isEqualTo("connection.open.inbound has been 0 from the beginning on: no action changed it\n");
        program.run("replay", data, "--blame", "connection.listeners.\"/ip4/1.2.3.4/tcp/1\"", "--json");
        assertThat(json().path("result").asString()).isEqualTo("never there");
    }

    @Test
    void costByTypeAndPeer() {
        assertThat(program.run("replay", data, "--cost")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines().getFirst()).startsWith("steps 1 to 7; ms is time in the store in this replay");
        assertThat(program.outLines()).anyMatch(line -> line.endsWith("  connection/connect"));
        assertThat(program.outLines()).anyMatch(line -> line.endsWith("  " + RecordedNode.ANN));
        assertThat(program.outLines()).anyMatch(line -> line.endsWith("  (no peer)"));
        assertThat(program.outLines().getLast()).endsWith("  all");
        assertThat(program.run("replay", data, "--cost", "--json")).isEqualTo(ExitCode.OK);
        JsonNode ben = json().path("peers").path(RecordedNode.BEN.toString());
        assertThat(ben.path("inputs").asInt()).isEqualTo(3);
        assertThat(ben.path("rejected").asInt()).isEqualTo(1);
        assertThat(json().path("peers").path("").path("inputs").asInt()).isEqualTo(1);
        assertThat(json().path("all").path("inputs").asInt()).isEqualTo(7);
        assertThat(json().path("all").path("bytes").asInt()).isPositive();
    }

    @Test
    void goingToAStepPrintsTheSameWithAnIndexAndWithout() throws IOException {
        List<List<Object>> asked = List.of(
                List.of("--to", 0),
                List.of("--to", 3),
                List.of("--to", 6, "--json"),
                List.of("--to", 9),
                List.of("--diff", 2, 5),
                List.of("--diff", 6, 1, "--json"),
                List.of("--step"));
        List<String> before = asked.stream().map(this::printed).toList();
        program.run("why", data, "--peer", RecordedNode.ANN);
        assertThat(data.resolve("log/index/head.json")).exists();
        assertThat(asked.stream().map(this::printed)).isEqualTo(before);
        try (DirectoryStorage taken = DirectoryStorage.open(data.resolve("log/index"))) {
            assertThat(taken.names()).isNotEmpty();
            assertThat(asked.stream().map(this::printed)).isEqualTo(before);
        }
    }

    private String printed(List<Object> mode) {
        program.type("n\nd\ng 6\nw\nb\ns\ng 2\nb\nb\nb\ng 99\nd\n");
        List<Object> words = new ArrayList<>(List.of("replay", data));
        words.addAll(mode);
        ExitCode code = program.run(words.toArray());
        return code + "\n" + program.out() + program.err();
    }

    @Test
    void whereAnIndexIsThereAStepIsReachedWithoutTheStepsBeforeIt() throws IOException {
        try (RecordedNode node = RecordedNode.in(data)) {
            for (int i = 0; i < 400; i++) {
                node.take(new ConnectionAction.Retry(RecordedNode.BEN));
            }
        }
        program.run("replay", data, "--to", 300);
        String state = program.out();
        assertThat(program.run("why", data, "--peer", RecordedNode.ANN)).isEqualTo(ExitCode.OK);
        Path segment = RecordedNode.segment(data);
        String text = Files.readString(segment);
        assertThat(text).contains("\"input\":100,\"at\":1");
        Files.writeString(segment, text.replace("\"input\":100,\"at\":1", "\"input\":100,\"at\":2"));
        assertThat(program.run("replay", data, "--to", 300)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo(state);
        Files.delete(data.resolve("log/index/head.json"));
        assertThat(program.run("replay", data, "--to", 300)).isEqualTo(ExitCode.DATA_ERROR);
    }

    @Test
    void badInputIsOneSentence() {
        for (String bad : new String[] {"0", "x", "1.", "1.x", "-1", "1.2.3", "9999999999999999"}) {
            refused(ExitCode.USAGE, "--cause is STEP or STEP.INDEX", "replay", data, "--cause=" + bad);
        }
        refused(ExitCode.NO_INPUT, "the log has no step 8", "replay", data, "--cause", "8");
        refused(ExitCode.NO_INPUT, "step 1 has no action 99", "replay", data, "--cause", "1.99");
        refused(ExitCode.USAGE, "'a..b' is no path", "replay", data, "--blame", "a..b");
        refused(ExitCode.USAGE, "no machine is named peers: there are node, ", "replay", data, "--blame", "peers.x");
        refused(ExitCode.NO_INPUT, "the log has no step 9", "replay", data, "--blame", "node", "--to", "9");
        refused(ExitCode.USAGE, "--to goes alone or with --blame", "replay", data, "--cost", "--to", "3");
        refused(ExitCode.USAGE, "--cause, --cost exclude one another", "replay", data, "--cost", "--cause", "3");
    }

    private void refused(ExitCode code, String beginning, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
