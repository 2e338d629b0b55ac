package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The invariants of the simulator are checked in a running node if that is wanted: here, of a build that breaks one. */
class RunAuditTest {

    @TempDir
    private Path folder;

    // What a node with a state beyond its byte budget logs until it is stopped.
    private String logged(ChangedBuild build, String name, List<String> more) throws IOException, InterruptedException {
        List<String> args = NodeProcess.run(folder.resolve(name + "-data"));
        args.addAll(more);
        try (NodeProcess node = NodeProcess.start(folder, name, build, args)) {
            node.address();
            node.stop();
        }
        return Files.readString(folder.resolve(name + ".err"));
    }

    @Test
    void anAuditLogsWhatBreaksAnInvariant() throws IOException, InterruptedException {
        ChangedBuild build = ChangedBuild.changed(
                Files.createDirectory(folder.resolve("build")),
                "p2p-connection/src/main/java/dev/dunlin/connection/ConnectionMachine.java",
                ".budget(6L << 30)",
                ".budget(1)");
        assertThat(logged(build, "audited", List.of("--audit")))
                .contains("broke an invariant", "connection breaks state-is-within-its-byte-budget");
        assertThat(logged(build, "unaudited", List.of())).doesNotContain("invariant");
    }
}
