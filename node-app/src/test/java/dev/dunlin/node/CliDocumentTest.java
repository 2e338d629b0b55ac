package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** {@code docs/cli.md} shows the help of each command as the command prints it. */
class CliDocumentTest {

    private static final Pattern SHOWN =
            Pattern.compile("(?ms)^```text\\n\\$ dunlin ((?:[\\w-]+ )*)--help\\n(.*?)^```$");

    @TestFactory
    Stream<DynamicTest> help() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        Matcher block = SHOWN.matcher(Files.readString(Path.of("..", "docs", "cli.md")));
        while (block.find()) {
            shown.put(block.group(1).strip(), block.group(2));
        }
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return Stream.concat(names("", Main.commandLine(nowhere, nowhere)), shown.keySet().stream())
                .distinct()
                .map(command -> DynamicTest.dynamicTest("dunlin " + command, () -> {
                    Program program = new Program();
                    Object[] args = (command + " --help").strip().split(" ");
                    assertThat(program.run(args)).isEqualTo(ExitCode.OK);
                    assertThat(shown.getOrDefault(command, "")).isEqualTo(program.out());
                }));
    }

    // A command and all commands in it, each with those it is in.
    private static Stream<String> names(String name, CommandLine command) {
        return Stream.concat(
                Stream.of(name),
                command.getSubcommands().entrySet().stream()
                        .flatMap(inner -> names((name + " " + inner.getKey()).strip(), inner.getValue())));
    }
}
