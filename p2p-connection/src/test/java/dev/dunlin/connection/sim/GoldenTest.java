package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed digests come out of every JVM, whatever compiles, collects, and translates there. */
class GoldenTest {

    private static final int SEEDS = 20;
    private static final int SOME = 6;
    private static final int FEW = 2;

    private static List<String> golden() throws IOException {
        try (InputStream file = GoldenTest.class.getResourceAsStream("golden.txt")) {
            assertThat(file).as("golden.txt").isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    @Test
    void digestsAreTheCommittedOnes() throws IOException {
        assertThat(Golden.digests(SEEDS)).isEqualTo(golden());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:TieredStopAtLevel=1",
                "-XX:-TieredCompilation",
                "-XX:+UseSerialGC",
                "-XX:+UseZGC",
                "-XX:+UseCompactObjectHeaders",
                "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu -Dfile.encoding=ISO-8859-9"
            })
    void inEveryJvm(String options) throws IOException, InterruptedException {
        assertThat(golden()).containsAll(printed(options, SOME));
    }

    @Test
    void interpretedToo() throws IOException, InterruptedException {
        assertThat(golden()).containsAll(printed("-Xint", FEW));
    }

    private static List<String> printed(String options, int seeds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options.split(" ")));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Golden.class.getName(), String.valueOf(seeds)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(options).isZero();
        assertThat(output.lines()).as(options).hasSizeGreaterThanOrEqualTo(seeds);
        return output.lines().toList();
    }
}
