package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who does not use PostgreSQL does not wait for it: a node without it starts without a class of it. */
class PostgresIsNotLoadedTest {

    @TempDir
    private Path folder;

    @Test
    void aNodeThatUsesSqliteAlone() throws Exception {
        Path loaded = folder.resolve("loaded");
        try (NodeProcess node = NodeProcess.start(
                folder,
                "start",
                List.of("-Xlog:class+load:file=" + loaded),
                NodeProcess.run(folder.resolve("data"), "--set", "records.store=sqlite"))) {
            node.address();
            assertThat(node.stop()).isZero();
        }
        assertThat(Files.readString(loaded))
                .contains("org.sqlite.")
                .doesNotContain("org.postgresql.")
                .doesNotContain("com.zaxxer.")
                .doesNotContain("org.flywaydb.");
    }
}
