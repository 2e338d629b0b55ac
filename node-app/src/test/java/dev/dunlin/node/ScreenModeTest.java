package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stepper on a pseudo-terminal, which {@code script} of util-linux makes. */
class ScreenModeTest {

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String ENTERED = "\u001b[?1049h";
    private static final String LEFT = "\u001b[?1049l";
    private static final String RIGHT = "\u001b[C";

    @TempDir
    private Path home;

    private record Ended(int code, String shown) {}

    private Ended typed(String... keys) throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "there is no /usr/bin/script to make a terminal");
        RecordedNode.day(home.resolve("data"));
        Path shown = home.resolve("shown");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = "stty cols 100 rows 30; '" + java + "' -Xmx256m --enable-native-access=ALL-UNNAMED"
                + " --sun-misc-unsafe-memory-access=allow -cp '" + System.getProperty("java.class.path") + "' "
                + Main.class.getName() + " replay '" + home.resolve("data") + "' --step; code=$?;"
                + " stty -a; exit $code";
        ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), "-qefc", command, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(shown.toFile());
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try (OutputStream keyboard = process.getOutputStream()) {
            waitFor(shown, "step 0 of 7");
            for (String key : keys) {
                keyboard.write(key.getBytes(StandardCharsets.UTF_8));
                keyboard.flush();
            }
            assertThat(process.waitFor(NodeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(shown));
        } finally {
            process.destroyForcibly();
        }
    }

    private static void waitFor(Path file, String piece) {
        NodeProcess.eventually(piece, () -> {
            try {
                return Optional.of(Files.readString(file)).filter(text -> text.contains(piece));
            } catch (IOException notYet) {
                return Optional.empty();
            }
        });
    }

    private static void isRestored(String shown) {
        assertThat(shown.indexOf(ENTERED)).isNotNegative().isLessThan(shown.indexOf(LEFT));
        String after = shown.substring(shown.indexOf(LEFT));
        for (String mode : List.of("icanon", "echo", "isig", "icrnl")) {
            assertThat(after).containsPattern("[ ;\n]" + mode + "\\b").doesNotContain("-" + mode + " ");
        }
        assertThat(after).contains("susp = ^Z");
        assertThat(shown).doesNotContain("WARNING").doesNotContain("Exception");
    }

    @Test
    void keysMoveAndQuitRestores() throws Exception {
        Ended ended = typed(RIGHT, RIGHT, "q");
        assertThat(ended.code()).isEqualTo(ExitCode.OK.code());
        assertThat(ended.shown()).contains("node/booted").contains("what it led to");
        isRestored(ended.shown());
    }

    @Test
    void controlCRestoresToo() throws Exception {
        Ended ended = typed(RIGHT, "\u0003");
        assertThat(ended.code()).isEqualTo(130);
        isRestored(ended.shown());
    }
}
