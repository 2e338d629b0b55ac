package dev.dunlin.node.bench;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.node.interop.Child;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A {@link BenchNode}, or another program, in a process of its own, on this test's class path, with the flags of {@code ./dunlin}. */
final class NodeUnderTest implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Child child;
    private final BufferedWriter asking;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final int port;

    private NodeUnderTest(Class<?> program, List<String> jvm, List<String> args, Map<String, String> config) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(args);
        config.forEach((key, value) -> command.add(key + "=" + value));
        child = Child.start(Path.of("."), command, this::printed);
        asking = child.process().outputWriter();
        port = Multiaddr.parse(next()).port().orElseThrow();
    }

    /**
     * Starts one.
     *
     * @param jvm more arguments of the JVM
     */
    static NodeUnderTest start(List<String> jvm, Map<String, String> config) {
        return start(BenchNode.class, jvm, List.of(), config);
    }

    /**
     * As above, of another program that answers lines as {@link BenchNode} does.
     *
     * @param args what it is told before the configuration
     */
    static NodeUnderTest start(Class<?> program, List<String> jvm, List<String> args, Map<String, String> config) {
        return new NodeUnderTest(program, jvm, args, config);
    }

    private void printed(String line) {
        if (line.startsWith(BenchNode.MARK)) {
            said.add(line.substring(BenchNode.MARK.length()));
        } else {
            CrowdBench.FIGURES.warn("the node prints: {}", line);
        }
    }

    private String next() {
        try {
            String line = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("the node says nothing:\n" + child.errors());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where it listens on the loopback. */
    int port() {
        return port;
    }

    long pid() {
        return child.process().pid();
    }

    /** Its figures by name, as they are. */
    Table<String, Long> figures() {
        return ask(BenchNode.FIGURES);
    }

    /** The same behind a garbage collection. */
    Table<String, Long> collected() {
        return ask(BenchNode.COLLECTED);
    }

    /** Says a line to it; its figures after that. */
    Table<String, Long> ask(String what) {
        try {
            asking.write(what + "\n");
            asking.flush();
        } catch (IOException e) {
            throw new IllegalStateException("the node has ended:\n" + child.errors(), e);
        }
        Table<String, Long> figures = Table.empty();
        for (String figure : next().split(" ")) {
            int equals = figure.indexOf('=');
            figures = figures.with(figure.substring(0, equals), Long.parseLong(figure.substring(equals + 1)));
        }
        return figures;
    }

    /** Waits until its figures are as wished; false if they are not in time. */
    boolean await(Predicate<Table<String, Long>> wished, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (!wished.test(figures())) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        return true;
    }

    @Override
    public void close() {
        try {
            asking.close();
            child.exitCode();
        } catch (IOException e) {
            // It has ended already.
        } finally {
            child.close();
        }
    }
}
