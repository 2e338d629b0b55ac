package dev.dunlin.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A command as a process of its own, its output in files: for what a signal, an environment or a device does to it. */
final class ProgramProcess implements AutoCloseable {

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final Process process;
    private final Path out;
    private final Path err;

    private ProgramProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts one.
     *
     * @param home the user's home, which holds what it prints, too
     */
    static ProgramProcess start(Path home, Object... args) throws IOException {
        Path out = Files.createTempFile(home, "printed", ".out");
        return start(home, out, args);
    }

    /** As {@link #start(Path, Object...)}, with standard output where the test wants it. */
    static ProgramProcess start(Path home, Path out, Object... args) throws IOException {
        return start(home, out, Map.of(), args);
    }

    /** As above, with more variables of the environment. */
    static ProgramProcess start(Path home, Path out, Map<String, String> environment, Object... args)
            throws IOException {
        List<String> command = new ArrayList<>(plainUser());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.io.tmpdir=" + home,
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        Arrays.stream(args).map(Object::toString).forEach(command::add);
        Path err = Files.createTempFile(home, "printed", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return new ProgramProcess(process, out, err);
    }

    // A superuser may write what nobody may: without that right its files are as anybody's.
    static List<String> plainUser() {
        boolean isRoot = System.getProperty("user.name").equals("root");
        return isRoot && Files.isExecutable(SETPRIV)
                ? List.of(SETPRIV.toString(), "--bounding-set=-dac_override", "--inh-caps=-all")
                : List.of();
    }

    /** What it has printed, once a piece of text is among it. */
    String printed(String piece) {
        return shown(piece, out);
    }

    /** What it has told on standard error, once a piece of text is among it. */
    String told(String piece) {
        return shown(piece, err);
    }

    private String shown(String piece, Path where) {
        return NodeProcess.eventually("'" + piece + "' in what is printed", () -> {
            String text = text(where);
            if (!text.contains(piece) && !process.isAlive()) {
                throw new AssertionError("it ended without: " + out() + err());
            }
            return Optional.of(text).filter(all -> all.contains(piece));
        });
    }

    /** Sends a signal by its name, such as {@code INT}. */
    void signal(String name) throws IOException, InterruptedException {
        int sent = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (sent != 0) {
            throw new AssertionError("the signal could not be sent");
        }
    }

    /** Waits for its end; its exit code. */
    int code() throws InterruptedException {
        if (!process.waitFor(NodeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end: " + out() + err());
        }
        return process.exitValue();
    }

    String out() {
        return text(out);
    }

    String err() {
        return text(err);
    }

    private static String text(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
