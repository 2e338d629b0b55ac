package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A command that reads a log and is given none reads that of {@code ~/.dunlin}. */
class DefaultDirectoryTest {

    @TempDir
    private Path home;

    static Stream<List<String>> commands() {
        return Stream.of(
                List.of("log", "--last", "1"),
                List.of("why", "--peer", RecordedNode.ANN.toString()),
                List.of("replay", "--verify"),
                List.of("cluster", "OTHER"),
                List.of("bisect", "OTHER"),
                List.of("whatif", "--at", "2", "--drop"),
                List.of("export", "--from", "1", "--to", "2", "--devtools", "FILE"),
                List.of("shrink"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isTheSameForAll(List<String> command) throws Exception {
        Path other = home.resolve("other");
        RecordedNode.day(home.resolve(".dunlin"));
        RecordedNode.day(other);
        Object[] args = command.stream()
                .map(word -> word.equals("OTHER")
                        ? other.toString()
                        : word.equals("FILE") ? home.resolve("export.json").toString() : word)
                .toArray();
        try (ProgramProcess program = ProgramProcess.start(home, args)) {
            // Two equal days do not differ, and nothing breaks in one.
            boolean isSearch = List.of("bisect", "shrink").contains(command.getFirst());
            int code = program.code();
            assertThat(ExitCode.OK.code() == code || isSearch && ExitCode.NOTHING_FOUND.code() == code)
                    .as(code + ": " + program.err())
                    .isTrue();
            assertThat(program.out() + program.err()).isNotEmpty();
        }
    }

    @Test
    void aCommandThatFindsNoneThereNamesIt() throws Exception {
        try (ProgramProcess program = ProgramProcess.start(home, "log")) {
            assertThat(program.code()).isEqualTo(ExitCode.NO_INPUT.code());
            assertThat(program.err())
                    .isEqualTo("dunlin: there is no directory " + home.resolve(".dunlin")
                            + ": give a node's data directory, or the folder that holds its log\n");
        }
    }

    static Stream<List<String>> paths() {
        return Stream.of(
                List.of("run", "--data-dir", ""),
                List.of("init", "--data-dir="),
                List.of("log", ""),
                List.of("why", "", "--peer", RecordedNode.ANN.toString()),
                List.of("replay", ""),
                List.of("replay", "--verify", "--second-build", ""),
                List.of("cluster", "a", ""),
                List.of("bisect", ""),
                List.of("whatif", "", "--at", "1", "--drop"),
                List.of("export", "--from", "1", "--to", "1", "--junit", ""),
                List.of("shrink", "--out", ""),
                List.of("simulate", "--logs", ""),
                List.of("simulate", "--plan", ""));
    }

    /** The system takes an empty path for the current folder, and a node would be made there. */
    @ParameterizedTest
    @MethodSource("paths")
    void anEmptyPathIsRefused(List<String> command) throws IOException {
        Program program = new Program();
        assertThat(program.run(command.toArray())).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("an empty text is no path").contains("--help'.");
        assertThat(Files.exists(Path.of(Identity.FILE))).isFalse();
    }
}
