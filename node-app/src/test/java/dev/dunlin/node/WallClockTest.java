package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.NodeAction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Three runs with a day between, and a clock that is set: the node's time knows nothing of either, and its operator does. */
class WallClockTest {

    private static final long SECOND = 1_000_000;
    private static final long DAY = 86_400 * SECOND;

    // Each segment has a few inputs.
    private static final LogOptions SMALL = new LogOptions(27 << 10, 1 << 30, 1L << 60, 1 << 30, 1L << 60, 1);

    @TempDir
    private Path data;

    private final Program program = new Program();

    @BeforeEach
    void record() throws IOException {
        for (int run = 0; run < 3; run++) {
            try (RecordedNode node = RecordedNode.in(data, SMALL)) {
                node.bootAt(RecordedNode.BEGAN + run * DAY);
                for (int i = 0; i < 20; i++) {
                    node.connect(RecordedNode.ANN);
                }
                if (run == 1) {
                    // Ten minutes behind the wall.
                    node.take(new NodeAction.ClockStepped(RecordedNode.BEGAN + DAY + 622 * SECOND, 0));
                    node.connect(RecordedNode.BEN);
                }
            }
        }
    }

    private List<String> listed(Object... options) {
        List<Object> args = new java.util.ArrayList<>(List.of("log", data));
        args.addAll(List.of(options));
        assertThat(program.run(args.toArray())).as(program.err()).isEqualTo(ExitCode.OK);
        return program.outLines();
    }

    @Test
    void theListHasTheTimeOnTheWall() {
        List<String> all = listed();
        assertThat(all.getFirst()).startsWith("       1  2023-11-14T22:13:20.000000Z  node/booted");
        assertThat(all.get(21)).startsWith("      22  2023-11-15T22:13:20.000000Z  node/booted");
        assertThat(all.get(22)).startsWith("      23  2023-11-15T22:13:21.000000Z  connection/connect");
        assertThat(all.get(42)).startsWith("      43  2023-11-15T22:23:42.000000Z  node/clockStepped");
        assertThat(all.get(43)).startsWith("      44  2023-11-15T22:23:43.000000Z  connection/connect");
        assertThat(all.get(44)).startsWith("      45  2023-11-16T22:13:20.000000Z  node/booted");
        // Wherever the list begins, the times are the same.
        for (int from = 1; from <= all.size(); from++) {
            assertThat(listed("--from", from)).isEqualTo(all.subList(from - 1, all.size()));
        }
        assertThat(listed("--verbose").get(22))
                .startsWith("      23  2023-11-15T22:13:21.000000Z (node " + (RecordedNode.BEGAN + 23 * SECOND) + ")");
    }

    @Test
    void whatIsShownIsUnderstood() {
        List<String> all = listed();
        for (String line : all) {
            String time = line.substring(10, 37);
            int step = Integer.parseInt(line.substring(0, 8).strip());
            assertThat(listed("--since", time)).as(time).isEqualTo(all.subList(step - 1, all.size()));
            assertThat(listed("--from", time, "--to", time)).containsExactly(line);
            assertThat(listed("--to", time)).isEqualTo(all.subList(0, step));
        }
        assertThat(listed("--since", "2d")).hasSize(all.size() - 20);
        assertThat(listed("--from", "1h")).hasSize(21);
        assertThat(listed("--from", 3, "--to", "1d")).hasSize(40);
        assertThat(program.run("log", data, "--from", "yesterday")).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("'yesterday' is neither a step nor a time; write a step as 120");
    }

    @Test
    void soDoTheAnswersOfTheDebugger() {
        assertThat(program.run("why", data, "--peer", RecordedNode.BEN)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("44.0  2023-11-15T22:23:43.000000Z  input   connection/connect");
        assertThat(program.out()).doesNotContain("(node ");
        program.run("why", data, "--peer", RecordedNode.BEN, "--verbose");
        assertThat(program.out()).contains("2023-11-15T22:23:43.000000Z (node ");
        program.run("why", data, "--peer", RecordedNode.BEN, "--json");
        assertThat(JsonMapper.shared()
                        .readTree(program.out())
                        .path("chain")
                        .path(0)
                        .path("at")
                        .asString())
                .isEqualTo("2023-11-15T22:23:43.000000Z");
        assertThat(program.run("replay", data, "--cause", "44")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("44.0  2023-11-15T22:23:43.000000Z (node ");
        assertThat(program.run("replay", data)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("1 to 65, 2023-11-14T22:13:20.000000Z to 2023-11-16T22:13:40.000000Z");
        program.type("g 44\n");
        program.run("replay", data, "--step");
        assertThat(program.out()).contains("step 44  2023-11-15T22:23:43.000000Z  ");
    }

    @Test
    void aTimeAtWhichNothingWasRecordedHasOneToo() {
        WallClock clock =
                new WallClock(LogReader.open(DirectoryStorage.readOnly(data.resolve("log")), NodeRoot.newStore()));
        assertThat(clock.at(RecordedNode.BEGAN + SECOND + 500)).isEqualTo(RecordedNode.BEGAN + 500);
        assertThat(clock.at(RecordedNode.BEGAN + 22 * SECOND + 500)).isEqualTo(RecordedNode.BEGAN + DAY + 500);
        // Before the first boot nobody has said it.
        assertThat(clock.at(RecordedNode.BEGAN)).isEqualTo(RecordedNode.BEGAN);
    }
}
