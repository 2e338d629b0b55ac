package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.node.interop.Counterpart;
import dev.dunlin.node.interop.Implementation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a real node recorded of its talk with a js node, bisected against a build whose reducer was changed on purpose. */
class BisectJsRunTest {

    private static final int PONGS = 3;

    private final Program program = new Program();

    @Test
    void namesTheFirstStepMachineAndField(@TempDir Path folder) throws IOException, InterruptedException {
        Optional<String> missing = Implementation.JS.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> "skipped: " + missing.orElse(""));
        ChangedBuild original = ChangedBuild.original(Files.createDirectory(folder.resolve("original")));
        ChangedBuild changed = ChangedBuild.countingAPongAsLost(Files.createDirectory(folder.resolve("changed")));
        Path data = folder.resolve("data");
        try (Counterpart js = Counterpart.start(Implementation.JS, Counterpart.Key.ED25519, true);
                NodeProcess node = NodeProcess.start(
                        folder,
                        "node",
                        original,
                        NodeProcess.run(
                                data,
                                "--set",
                                "ping.interval=100ms",
                                "--connect",
                                js.address().toString()))) {
            NodeProcess.eventually(
                    "pongs", () -> TwoBuildsRun.pongs(data).size() < PONGS ? Optional.empty() : Optional.of(true));
            node.stop();
        }
        long first = TwoBuildsRun.pongs(data).getFirst();
        program.run("bisect", data, "--second-build", changed.launcher(), "--json");
        JsonNode report = JsonMapper.builder().build().readTree(program.out());
        assertThat(report.path("departs").asString()).isEqualTo("second build");
        assertThat(report.path("second").path("step").asLong()).isEqualTo(first);
        assertThat(report.path("second").path("machines").path(0).asString()).isEqualTo("ping");
        assertThat(report.path("fields").path(0).path("path").asString()).matches("ping\\.peers\\.\\w+\\.failures");
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
    }
}
