package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.system.SystemError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/exit-codes.md} tells of each failure of the system what is said and whether it may pass. */
class SystemErrorsPageTest {

    @ParameterizedTest
    @EnumSource
    void eachFailureIsOnThePage(SystemError error) throws IOException {
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "exit-codes.md"));
        String row = "| " + error + " | " + error.sentence() + " | " + (error.isPassing() ? "yes" : "no") + " | ";
        assertThat(rows).anyMatch(each -> each.startsWith(row));
    }
}
