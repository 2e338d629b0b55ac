package dev.dunlin.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** {@code dunlin run} as a process of its own, its output in files. */
final class NodeProcess implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path out;
    private final Path err;

    private NodeProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a node is told that listens on any port of the loopback. */
    static List<String> run(Path data, String... more) {
        List<String> args =
                new ArrayList<>(List.of("run", "--data-dir", data.toString(), "--listen", "/ip4/127.0.0.1/tcp/0"));
        args.addAll(List.of(more));
        return args;
    }

    /**
     * Starts one.
     *
     * @param output folder for what it prints
     * @param name of this start, for the files' names
     * @param jvm more arguments of the JVM
     * @param args arguments of the program
     */
    static NodeProcess start(Path output, String name, List<String> jvm, List<String> args) throws IOException {
        return start(output, name, List.of(), jvm, args);
    }

    /** As {@link #start(Path, String, List, List)}, by a command that starts another one, such as {@code prlimit}. */
    static NodeProcess start(Path output, String name, List<String> by, List<String> jvm, List<String> args)
            throws IOException {
        return start(output, name, by, jvm, System.getProperty("java.class.path"), args);
    }

    /** As {@link #start(Path, String, List, List, List)}, with another class path. */
    static NodeProcess start(
            Path output, String name, List<String> by, List<String> jvm, String classPath, List<String> args)
            throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(args);
        Path out = output.resolve(name + ".out");
        Path err = output.resolve(name + ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new NodeProcess(process, out, err);
    }

    /** As {@link #start(Path, String, List, List)}, of another build. */
    static NodeProcess start(Path output, String name, ChangedBuild build, List<String> args) throws IOException {
        Path out = output.resolve(name + ".out");
        Path err = output.resolve(name + ".err");
        return new NodeProcess(
                build.start(ProcessBuilder.Redirect.to(out.toFile()), ProcessBuilder.Redirect.to(err.toFile()), args),
                out,
                err);
    }

    /** The first address that it prints. */
    String address() {
        return eventually("an address", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the node ended: " + text(err));
            }
            return text(out)
                    .lines()
                    .filter(line -> line.startsWith("/ip4/127.0.0.1/tcp/") && line.contains("/p2p/"))
                    .findFirst();
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What is there in time. */
    static <T> T eventually(String what, Supplier<Optional<T>> looking) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<T> found = looking.get();
        while (found.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(5_000_000);
            found = looking.get();
        }
        return found.get();
    }

    /** What it has told on standard error until now. */
    String told() {
        return text(err);
    }

    /** What it has printed until now. */
    String printed() {
        return text(out);
    }

    /** How many files and sockets it has open. */
    long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return open.count();
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Ends it with SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        waitForEnd();
    }

    /** Ends it with SIGTERM, and waits; its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        return waitForEnd();
    }

    private int waitForEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the node does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
