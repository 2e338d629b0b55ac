package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine program = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @Test
    void versionNamesTheBuildAndTheJava() {
        assertThat(program.execute("version")).isEqualTo(ExitCode.OK.code());
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches("dunlin \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
        assertThat(lines.get(1)).matches("commit (unknown|[0-9a-f]{40}(-dirty)?)");
        assertThat(lines.get(2)).isEqualTo("java " + Runtime.version());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aBuildOutsideACloneHasAnUnknownCommit() {
        assertThat(BuildInfo.of("1.2.3", "${git.commit.id.full}", "${git.dirty}")
                        .commit())
                .isEqualTo("unknown");
        assertThat(BuildInfo.of("1.2.3", "c0ffee", "false").commit()).isEqualTo("c0ffee");
        assertThat(BuildInfo.of("1.2.3", "c0ffee", "true").commit()).isEqualTo("c0ffee-dirty");
    }

    @Test
    void badUsageIsOneSentence() {
        assertThat(program.execute("version", "--loud")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString().lines())
                .containsExactly("dunlin: there is no option --loud; see 'dunlin version --help'.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatIsMisspeltIsShownTheNearestName() {
        assertThat(program.execute("replya")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString().lines())
                .containsExactly("dunlin: there is no command replya: did you mean replay? See 'dunlin --help'.");
        err.getBuffer().setLength(0);
        assertThat(program.execute("run", "--listne", "/ip4/127.0.0.1/tcp/0")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString().lines())
                .containsExactly(
                        "dunlin: there is no option --listne: did you mean --listen? See 'dunlin run --help'.");
    }

    @Test
    void anOptionIsKnownByItsName() {
        assertThat(program.execute("run", "--lisen=/ip4/127.0.0.1/tcp/0")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("there is no option --lisen: did you mean --listen?");
        err.getBuffer().setLength(0);
        assertThat(program.execute("")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("there is no command ''; see");
    }

    @Test
    void anArgumentOfAnyLengthIsShownInPart(@TempDir Path data) throws IOException {
        RecordedNode.day(data);
        String much = "x".repeat(100_000);
        for (List<String> args : List.of(
                List.of(much),
                List.of("help", much),
                List.of("log", "--type", "a", much, much),
                List.of("log", "--since", much),
                List.of("why", "--subject", much),
                List.of("replay", data.toString(), "--blame", much + ".x"),
                List.of("replay", data.toString(), "--cause", much),
                List.of("whatif", data.toString(), "--at", "1", "--insert", much),
                List.of("ping", much),
                List.of("run", "--set", much),
                List.of("run", "--set", "a b " + much),
                List.of("simulate", "--seeds", much),
                List.of("export", data.toString(), "--from", "1", "--to", "1", "--junit", much),
                List.of("--log-format=" + much, "log"))) {
            err.getBuffer().setLength(0);
            assertThat(program.execute(args.toArray(String[]::new))).isEqualTo(ExitCode.USAGE.code());
            assertThat(err.toString().lines()).hasSize(1);
            assertThat(err.toString()).hasSizeLessThan(400).doesNotContain("Exception", "Invalid", "picocli");
        }
    }

    @Test
    void versionAndHelpAreOptionsAndCommands() {
        assertThat(program.execute("--version")).isEqualTo(ExitCode.OK.code());
        String version = out.toString();
        out.getBuffer().setLength(0);
        assertThat(program.execute("version")).isEqualTo(ExitCode.OK.code());
        assertThat(version).isEqualTo(out.toString());
        out.getBuffer().setLength(0);
        assertThat(program.execute("help", "version")).isEqualTo(ExitCode.OK.code());
        assertThat(out.toString()).startsWith("Usage: dunlin version");
    }

    @Test
    void homeIsWhatTheUserSays() {
        assertThat(DataDirectory.standard("/srv/ann")).isEqualTo(Path.of("/srv/ann/.dunlin"));
        for (String none : Arrays.asList(null, "")) {
            assertThat(DataDirectory.standard(none)).isEqualTo(Path.of(System.getProperty("user.home"), ".dunlin"));
        }
    }

    @Test
    void noCommandIsBadUsage() {
        assertThat(program.execute()).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString().lines()).containsExactly("dunlin: a command is missing; see 'dunlin --help'.");
    }

    private static final class Broken extends OutputStream {

        private final String why;

        Broken(String why) {
            this.why = why;
        }

        @Override
        public void write(int any) throws IOException {
            throw new IOException(why);
        }
    }

    private static String brokenPipe() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        try (Pipe.SinkChannel sink = pipe.sink()) {
            sink.write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException broken) {
            return String.valueOf(broken.getMessage());
        }
        throw new AssertionError("a pipe that nobody reads is not broken");
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "--help"})
    void whatCannotBePrintedIsAFailure(String command) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Main.run(new String[] {command}, new Broken("No space left on device"), told);
        assertThat(code).isEqualTo(ExitCode.IO_ERROR.code());
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("dunlin: cannot write to standard output: the disk is full. What was printed is"
                        + " not complete; send it to where there is room.");
    }

    @Test
    void aReaderThatHasReadEnoughIsNoFailureInWhateverLanguage() throws IOException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Main.run(new String[] {"version"}, new Broken(brokenPipe()), told);
        assertThat(code).isEqualTo(ExitCode.OK.code());
        assertThat(told.size()).isZero();
    }

    /** Nobody would know where it listens. */
    @Test
    void aNodeWhoseAddressesCannotBePrintedStopsAtOnce(@TempDir Path folder) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        String[] run = {"run", "--data-dir", folder.toString(), "--listen", "/ip4/127.0.0.1/tcp/0", "--log-level", "off"
        };
        assertThat(Main.run(run, new Broken("No space left on device"), told)).isEqualTo(ExitCode.IO_ERROR.code());
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("dunlin: cannot write to standard output: the disk is full.");
    }

    @Test
    void aFailureOfTheCommandItselfKeepsItsCode() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Main.run(new String[] {"version", "--loud"}, new Broken("No space left on device"), told);
        assertThat(code).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void helpIsNoFailure() {
        assertThat(program.execute("version", "--help")).isEqualTo(ExitCode.OK.code());
        assertThat(out.toString()).startsWith("Usage: dunlin version");
    }

    @Test
    void aKnownFailureIsItsSentenceAndItsCode() {
        addFailing(new CommandFailure(ExitCode.UNAVAILABLE, "nobody\n  answers"));
        assertThat(program.execute("failing")).isEqualTo(ExitCode.UNAVAILABLE.code());
        assertThat(err.toString().lines()).containsExactly("dunlin: nobody answers");
    }

    @Test
    void aFaultIsOneSentenceToo() {
        addFailing(new IllegalStateException("a wheel is missing"));
        assertThat(program.execute("failing")).isEqualTo(ExitCode.INTERNAL.code());
        assertThat(err.toString().lines()).singleElement().asString().contains("a wheel is missing");
    }

    @Test
    void debugShowsTheStackTraceWhereverItStands() {
        addFailing(new IllegalStateException("a wheel is missing"));
        program.execute("failing", "--debug");
        program.execute("--debug", "failing");
        assertThat(err.toString().lines().filter(line -> line.contains("at dev.dunlin.node.MainTest")))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void theDocumentListsEachCode() throws IOException {
        List<String> documented;
        try (var lines = Files.lines(Path.of("..", "docs", "exit-codes.md"))) {
            documented = lines.filter(line -> line.matches("\\| \\d.*"))
                    .map(line -> line.replaceAll("^\\| (\\d+) \\| (\\w+) \\|.*", "$1 $2"))
                    .toList();
        }
        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(ExitCode.values())
                        .map(code -> code.code() + " " + code.name())
                        .toList());
    }

    private void addFailing(RuntimeException failure) {
        program.addSubcommand(new Failing(failure));
        program.setErr(new PrintWriter(err, true));
    }

    @Command(name = "failing")
    private static final class Failing implements Runnable {

        private final RuntimeException failure;

        Failing(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public void run() {
            throw failure;
        }
    }
}
