package dev.dunlin.connection.ping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How few lines the ping machine takes. */
final class PingSizeTest {

    private static final int MOST_LINES = 530;
    private static final Path FILES = Path.of("src/main/java/dev/dunlin/connection/ping");

    /** The bytes on the stream: no part of the machine. */
    private static final String CODEC = "PingProtocol.java";

    @Test
    void theMachineIsAtMostSoManyLines() throws IOException {
        List<Path> machine;
        try (Stream<Path> files = Files.list(FILES)) {
            machine = files.filter(any -> !any.getFileName().toString().equals(CODEC))
                    .toList();
        }
        long lines = 0;
        for (Path file : machine) {
            lines += Files.readAllLines(file).size();
        }
        assertThat(lines).isBetween(300L, (long) MOST_LINES);
    }
}
