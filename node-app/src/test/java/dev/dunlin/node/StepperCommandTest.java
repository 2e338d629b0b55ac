package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code replay --step} without a terminal: commands in lines. */
class StepperCommandTest {

    @TempDir
    private Path data;

    private final Program program = new Program();

    @BeforeEach
    void record() throws IOException {
        RecordedNode.day(data);
    }

    // What is answered to each line, without the prompt.
    private List<String> step(String... typed) {
        program.type(String.join("\n", typed) + "\n");
        assertThat(program.run("replay", data, "--step")).isEqualTo(ExitCode.OK);
        assertThat(program.err()).isEmpty();
        List<String> parts = List.of(program.out().split("(?m)^> |\n> ", -1));
        assertThat(parts.getFirst())
                .startsWith("Enter or n: forward   b: back   g N: go to step N   s: state")
                .endsWith("step 0  before the first input");
        return parts.subList(1, parts.size()).stream().map(String::strip).toList();
    }

    @Test
    void forwardAndBack() {
        List<String> answers = step("", "n", "b", "b", "b", "g 7", "n", "g5", "q");
        assertThat(answers.get(0)).startsWith("step 1  2023-11-14T22:13:21.000000Z  node/booted {");
        assertThat(answers.get(1)).startsWith("step 2  ").contains("[refused connection/retry: ");
        assertThat(answers.get(2)).isEqualTo(answers.get(0));
        assertThat(answers.get(3)).isEqualTo("step 0  before the first input");
        assertThat(answers.get(4)).isEqualTo("the log begins here");
        assertThat(answers.get(5)).startsWith("step 7  ").contains("connection/reset");
        assertThat(answers.get(6)).isEqualTo("the log ends at step 7");
        assertThat(answers.get(7)).startsWith("step 5  ").contains("connection/connect");
        assertThat(answers).hasSize(9);
    }

    @Test
    void stateAndChanges() {
        List<String> answers = step("d", "n", "d", "s", "n", "d", "g 3", "d", "d");
        assertThat(answers.get(0)).isEqualTo("nothing stands before this step");
        assertThat(answers.get(2)).contains("node.run: 0 -> 1");
        assertThat(answers.get(3)).startsWith("{").endsWith("}").contains("\"connection\"");
        assertThat(answers.get(5)).isEqualTo("no field");
        assertThat(answers.get(7)).contains(RecordedNode.ANN.toString());
        assertThat(answers.get(8)).isEqualTo(answers.get(7));
    }

    @Test
    void whatAStepLedTo() throws IOException {
        try (RecordedNode node = RecordedNode.in(data)) {
            node.take(new ConnectionAction.Await(RecordedNode.BEN, new Ticket(Ticket.API, 1)));
        }
        List<String> answers = step("w", "n", "w", "n", "w", "n", "w", "g 8", "w");
        assertThat(answers.get(0)).isEqualTo("no input led to this step");
        assertThat(answers.get(2).lines()).first().asString().startsWith("1.0  input   node/booted {");
        assertThat(answers.get(2))
                .contains("action  exchange/serve {\"protocol\":\"ping\"}")
                .contains("effect  exchange/serveInit");
        assertThat(answers.get(4)).contains("2.0  input   connection/retry").contains("[rejected by ");
        assertThat(answers.get(6)).contains("effect  connection/connectInit");
        assertThat(answers.get(8))
                .contains("8.0  input   connection/await")
                .contains("8.1 <- 8.0  action  node/refused");
    }

    @Test
    void aSnapshotHidesNothing() {
        program.run("log", data, "--seal");
        List<String> answers = step("g 7", "w");
        assertThat(answers.get(1)).contains("7.0  input   connection/reset");
    }

    @Test
    void wrongWordsAreAnswered() {
        List<String> answers = step("x\u001b", "g", "g 99", "g 99999", "x" + "y".repeat(100_000), "g last", "n");
        assertThat(answers.get(0)).startsWith("there is no 'x\\u{1b}'");
        assertThat(answers.get(1)).isEqualTo("g is followed by the number of a step: g 12, or g last");
        assertThat(answers.get(2)).isEqualTo("the log ends at step 7: there is no step 99");
        assertThat(answers.get(3)).isEqualTo("the log ends at step 7: there is no step 99999");
        assertThat(answers.get(4)).startsWith("there is no 'xyyy").hasSizeLessThan(300);
        assertThat(answers.get(6)).isEqualTo("the log ends at step 7");
    }

    @Test
    void toWhatIsLikeTheStep() {
        List<String> answers = step("g 3", "t", "t", "T", "g 3", "p", "p", "P", "g 2", "u", "u", "r", "R", "P nobody");
        assertThat(answers.get(1)).startsWith("step 5  ").contains("connection/connect {");
        assertThat(answers.get(2)).isEqualTo("no later step fits type:connection/connect");
        assertThat(answers.get(3)).startsWith("step 3  ");
        assertThat(answers.get(5)).startsWith("step 4  ").contains(RecordedNode.ANN.toString());
        assertThat(answers.get(6)).startsWith("step 7  ");
        assertThat(answers.get(7)).startsWith("step 4  ");
        assertThat(answers.get(9)).startsWith("step 5  ").contains(RecordedNode.BEN.toString());
        assertThat(answers.get(10)).startsWith("step 6  ");
        assertThat(answers.get(11)).isEqualTo("no later step fits rejected");
        assertThat(answers.get(12)).startsWith("step 2  ");
        assertThat(answers.get(13)).isEqualTo("no earlier step fits peer:nobody");
    }

    @Test
    void aFilterLeavesStepsOut() {
        List<String> answers = step(
                "f peer:" + RecordedNode.BEN, "n", "n", "n", "b", "f nothing", "n", "f", "n", "f type:node/ rejected");
        assertThat(answers.get(0)).startsWith("only steps of peer:").contains("\nstep 2  ");
        assertThat(answers.get(1)).startsWith("step 5  ");
        assertThat(answers.get(2)).startsWith("step 6  ");
        assertThat(answers.get(3)).startsWith("no later step fits peer:");
        assertThat(answers.get(4)).startsWith("step 5  ");
        assertThat(answers.get(5)).startsWith("no step fits nothing: all steps as before");
        assertThat(answers.get(6)).as("the filter from before").startsWith("step 6  ");
        assertThat(answers.get(7)).startsWith("all steps\nstep 6  ");
        assertThat(answers.get(8)).startsWith("step 7  ");
        assertThat(answers.get(9)).startsWith("no step fits type:node/ rejected");
    }

    @Test
    void whatIsShownIsSearched() {
        List<String> answers = step("g 1", "s", "/\"RUN\"", "/nowhere", "w", "/serve", "i", "?");
        assertThat(answers.get(2)).matches("\\d+ +\"run\" : 1,");
        assertThat(answers.get(3)).matches("no nowhere in the \\d+ lines of 'state'");
        assertThat(answers.get(5).lines()).hasSizeGreaterThan(3).allMatch(line -> line.contains("serve"));
        assertThat(answers.get(6).lines().toList().getLast()).startsWith("^");
        assertThat(answers.get(7)).contains("f WORDS").contains("Ctrl-C");
    }
}
