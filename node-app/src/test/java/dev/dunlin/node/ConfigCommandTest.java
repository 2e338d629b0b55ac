package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {

    @TempDir
    private Path folder;

    private final Program program = new Program();

    private Path file(String toml) throws IOException {
        return Files.writeString(folder.resolve("dunlin.toml"), toml);
    }

    @Test
    void checkSaysThatThereIsNoMistakeOrAllOfThem() throws IOException {
        file("connection.maxPeers = 3\n");
        assertThat(program.run("config", "check", "--data-dir", folder)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo("no mistakes: " + folder.resolve("dunlin.toml") + ", 1 value said\n");
        file("connection.maxPeers = 0\nconnection.maxPeer = 1\n");
        assertThat(program.run("config", "check", "--data-dir", folder)).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(program.err().lines())
                .containsExactly(
                        "dunlin: the configuration has 2 mistakes, and nothing was started:",
                        "  " + folder.resolve("dunlin.toml")
                                + ":1: connection.maxPeers = 0 is below 1; it is a number from 1 to 16384",
                        "  " + folder.resolve("dunlin.toml")
                                + ":2: there is no key connection.maxPeer: did you mean connection.maxPeers?");
    }

    @Test
    void whereTheNodeCannotListenIsAMistakeBeforeItsStart() {
        for (String address : List.of("/ip4/127.0.0.1/udp/4001", "/dns4/example.org/tcp/4001", "/ip4/127.0.0.1")) {
            assertThat(program.run("config", "check", "--data-dir", folder, "--set", "node.listen=" + address))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(program.err())
                    .contains(address + " cannot be listened at: give an address as /ip4/0.0.0.0/tcp/4001");
            assertThat(program.run("run", "--data-dir", folder, "--listen", address))
                    .isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void anAddressThatCannotBeUsedIsToldWithTheOtherMistakes() {
        List<Object> mistakes = List.of("--set", "node.listen=/ip4/127.0.0.1", "--set", "ping.intervall=1s");
        for (List<String> command : List.of(List.of("config", "check"), List.of("run"))) {
            List<Object> args = new ArrayList<>(command);
            args.addAll(List.of("--data-dir", folder.resolve("none")));
            args.addAll(mistakes);
            assertThat(program.run(args.toArray())).isEqualTo(ExitCode.USAGE);
            assertThat(program.err())
                    .contains("has 2 mistakes", "/ip4/127.0.0.1 cannot be listened at", "ping.intervall");
        }
    }

    @Test
    void runStartsNothingWithAMistakeAndMakesNoKey() throws IOException {
        Path file = file("[ping]\ninterval = 5\n");
        Path data = folder.resolve("data");
        assertThat(program.run("run", "--data-dir", data, "--config", file)).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(program.sentence()).contains("ping.interval is a number without a unit");
        assertThat(program.run("run", "--data-dir", data, "--set", "ping.interval=-1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.run("run", "--data-dir", data, "--listen", "nonsense"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("--listen: node.listen = nonsense has an address that is none");
        assertThat(data).doesNotExist();
    }

    @Test
    void aFileThatIsNamedMustBeThere() {
        Path missing = folder.resolve("missing.toml");
        assertThat(program.run("config", "check", "--config", missing)).isEqualTo(ExitCode.NO_INPUT);
        assertThat(program.sentence())
                .isEqualTo("cannot read the configuration in " + missing + ": there is no " + missing
                        + "; check the path");
        assertThat(program.run("config", "check", "--config", folder)).isEqualTo(ExitCode.IO_ERROR);
    }

    @Test
    void explainTellsAllOfAKey() throws IOException {
        file("connection.retryMax = \"1m\"\n");
        assertThat(program.run("config", "explain", "connection.retryMax", "--data-dir", folder))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo("""
                connection.retryMax = "1m"
                  said by    %s:1
                  meaning    longest delay between two attempts, also to a peer that is kept
                  may be     a time from 1ms to 1d, such as 15s
                  standard   5m
                  variable   DUNLIN_CONNECTION_RETRY_MAX
                  changes    also while the node runs
                """.formatted(folder.resolve("dunlin.toml")));
        assertThat(program.run("config", "explain", "connection.retryMaks")).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence())
                .isEqualTo("there is no key connection.retryMaks: did you mean connection.retryMax?");
        assertThat(program.run("config", "explain", "x".repeat(100_000))).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).hasSizeLessThan(200);
    }

    @Test
    void showAndKeysPrintWhatProgramsRead() throws IOException {
        assertThat(program.run("config", "show", "--data-dir", folder)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo("# Nothing is configured; --all shows the standard values.\n");
        file("connection.retryMax = \"1m\"\n");
        assertThat(program.run("config", "show", "--data-dir", folder)).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .isEqualTo("[connection]\nretryMax = \"1m\"  # " + folder.resolve("dunlin.toml") + ":1\n");
        assertThat(program.run("config", "show", "--json", "--data-dir", folder))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("\"value\":\"1m\"", "\"origin\":\"" + folder.resolve("dunlin.toml"));
        assertThat(program.run("config", "keys", "ping.")).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSize(7).allMatch(line -> line.startsWith("ping."));
        assertThat(program.run("config", "keys", "nothing")).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("config")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatIsShownIsReadAgain() throws IOException {
        file("stream.\"quietTimeout./a\\u0007 \\\"b\\\" \\\\ \\n/1\" = \"1h\"\n");
        assertThat(program.run("config", "show", "--json", "--data-dir", folder))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("\"key\":\"stream.quietTimeout./a").contains("\"value\":\"1h\"");
        assertThat(program.run("config", "show", "--data-dir", folder)).isEqualTo(ExitCode.OK);
        String shown = program.out();
        file(shown);
        assertThat(program.run("config", "show", "--data-dir", folder)).isEqualTo(ExitCode.OK);
        // Each value stands on another line now.
        assertThat(program.out()).isEqualTo(shown.replace(":1\n", ":2\n"));
    }
}
