package dev.dunlin.node;

import dev.dunlin.node.bootstrap.extension.KilledNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process of {@link KilledNode}, which answers each line with a line, until it is killed. */
final class KilledProcess implements AutoCloseable {

    /** What is answered by one that is not there any more. */
    static final String GONE = "";

    private final Process process;
    private final Deque<CompletableFuture<String>> waiting = new ArrayDeque<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private boolean isOver;

    private KilledProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    /**
     * Starts one, which has not opened anything yet.
     *
     * @param errors takes what it says on standard error, behind what is there
     */
    static KilledProcess start(List<String> jvm, String classPath, Path errors) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-Xlog:disable",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath, KilledNode.class.getName()));
        return new KilledProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start());
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                @Nullable CompletableFuture<String> first;
                synchronized (waiting) {
                    first = waiting.pollFirst();
                }
                // What nobody has asked for the JVM says.
                if (first != null) {
                    first.complete(line);
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            // It was killed.
        }
        synchronized (waiting) {
            isOver = true;
            waiting.forEach(each -> each.complete(GONE));
        }
        end.complete(GONE);
    }

    /** Tells it a line; what it answers, or {@link #GONE}. */
    CompletableFuture<String> ask(String line) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        synchronized (waiting) {
            if (isOver) {
                return CompletableFuture.completedFuture(GONE);
            }
            waiting.addLast(answer);
            try {
                process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException e) {
                // It was killed: the end of its output says so.
            }
        }
        return answer;
    }

    /** Done when all that it has said is read, and it is gone. */
    CompletableFuture<String> end() {
        return end;
    }

    /** Its exit code, once it is gone. */
    int code() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end");
            }
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
        return process.exitValue();
    }

    /** Ends it with SIGKILL. */
    void kill() {
        // Unlike that of a process, this leaves what it has said to be read.
        process.toHandle().destroyForcibly();
        end.join();
        code();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
