package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What commands say when they are told to end. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class InterruptTest {

    private static final int INTERRUPTED = 130;
    private static final int TERMINATED = 143;

    @TempDir
    private Path home;

    /** Whatever a shell has started in the background ignores interrupts, and so do its children. */
    @BeforeEach
    void interruptsAreHeard() throws IOException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(
                !Files.exists(status)
                        || Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("SigIgn:"))
                                .noneMatch(line -> (Long.parseUnsignedLong(
                                                        line.substring(7).strip(), 16)
                                                & 2)
                                        != 0),
                "this build was started where interrupts are ignored, as in the background of a script");
    }

    @Test
    void pingTellsWhatItHasMeasured() throws Exception {
        try (NodeProcess node = NodeProcess.start(home, "node", List.of(), NodeProcess.run(home.resolve("data")));
                ProgramProcess ping =
                        ProgramProcess.start(home, "ping", node.address(), "--count", 100_000, "--interval", 10)) {
            ping.printed("\n2/100000 ");
            ping.signal("INT");
            assertThat(ping.code()).isEqualTo(INTERRUPTED);
            assertThat(ping.out().lines().toList().getLast()).matches(".*: \\d+ of \\d+, min [0-9.]+ ms, median .* ms");
            assertThat(ping.err()).isEmpty();
        }
    }

    @Test
    void simulateTellsOfTheSeedsThatAreDone() throws Exception {
        try (ProgramProcess simulate =
                ProgramProcess.start(home, "simulate", "--seeds", "1..100000", "--nodes", 2, "--time", 1, "--twice")) {
            // Nothing is printed before the end: a line of progress says that it is under way.
            simulate.told(" of 100000 runs");
            simulate.signal("INT");
            assertThat(simulate.code()).isEqualTo(INTERRUPTED);
            assertThat(simulate.out())
                    .containsPattern("(?m)^\\d+ seeds, 0 wrong; 2 nodes each, ")
                    .containsPattern("(?m)^interrupted: [1-9]\\d* of 100000 seeds were done$");
        }
    }

    @Test
    void theSameAsJson() throws Exception {
        try (ProgramProcess simulate =
                ProgramProcess.start(home, "simulate", "--seeds", "1..100000", "--nodes", 2, "--time", 1, "--json")) {
            simulate.told(" of 100000 runs");
            simulate.signal("TERM");
            assertThat(simulate.code()).isEqualTo(TERMINATED);
            assertThat(JsonMapper.shared().readTree(simulate.out()).path("runs").size())
                    .isPositive();
        }
    }

    @Test
    void followEndsWithTheCodeOfTheSignal() throws Exception {
        RecordedNode.day(home.resolve("data"));
        try (ProgramProcess log = ProgramProcess.start(home, "log", home.resolve("data"), "--follow")) {
            log.printed("connection/reset");
            log.signal("INT");
            assertThat(log.code()).isEqualTo(INTERRUPTED);
            assertThat(log.err()).isEmpty();
        }
    }
}
