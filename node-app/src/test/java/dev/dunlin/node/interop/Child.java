package dev.dunlin.node.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A child process whose lines are read as they come. */
public final class Child implements AutoCloseable {

    private static final int KEPT_LINES = 100;
    private static final long STOP_SECONDS = 60;

    private final Process process;
    private final Deque<String> errors = new ArrayDeque<>();

    private Child(Process process) {
        this.process = process;
    }

    /**
     * Starts a command.
     *
     * @param folder its working directory
     * @param line is given each line of its standard output, on one thread
     */
    public static Child start(Path folder, List<String> command, Consumer<String> line) {
        return start(folder, command, line, () -> {});
    }

    /**
     * Starts a command.
     *
     * @param folder its working directory
     * @param line is given each line of its standard output, on one thread
     * @param ended is run behind the last of them
     */
    public static Child start(Path folder, List<String> command, Consumer<String> line, Runnable ended) {
        try {
            Child child = new Child(
                    new ProcessBuilder(command).directory(folder.toFile()).start());
            read(child.process.getInputStream(), line, ended);
            read(child.process.getErrorStream(), child::keep, () -> {});
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(InputStream from, Consumer<String> to, Runnable ended) {
        Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                lines.lines().forEach(to);
            } catch (IOException | UncheckedIOException e) {
                // The process was killed: what it did not say is nobody's loss.
            } finally {
                ended.run();
            }
        });
    }

    private synchronized void keep(String line) {
        errors.add(line);
        if (errors.size() > KEPT_LINES) {
            errors.remove();
        }
    }

    /** The last lines of its standard error. */
    public synchronized String errors() {
        return String.join("\n", errors);
    }

    /** The process. */
    public Process process() {
        return process;
    }

    /** Asks it to end, as an operator would, and waits for it; its exit code. */
    public int terminate() {
        process.destroy();
        return exitCode();
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Waits for its end. */
    public int exitCode() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the process did not end in " + STOP_SECONDS + " s:\n" + errors());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
