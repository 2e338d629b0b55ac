package dev.dunlin.testrun;

import ch.qos.logback.classic.LoggerContext;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.slf4j.LoggerFactory;

/**
 * Holds back what passing tests print, when the system property {@value #FILE} says where all of it goes. What is shown: the
 * figures of bars; of a test that fails, all that it has printed; of a test that is skipped, the reason; of a test that passes,
 * errors and stack traces that it does not mean ({@value #MEANT} names the file of those that are meant). Surefire gives the classes to
 * its JVMs one by one, each as a plan of its own: a JVM has one file for all of them, and how many passed Surefire counts.
 */
public final class TestRun implements TestExecutionListener {

    /** Names the file that all output goes to; without it nothing is held back. */
    public static final String FILE = "dunlin.test.output";

    /** Names the file of the errors that are meant. */
    public static final String MEANT = "dunlin.test.meantErrors";

    // Kept from being collected, and its level with it.
    private static final Logger JQWIK = Logger.getLogger("net.jqwik");

    private @Nullable Holding holding;

    private record Holding(
            HeldOutput held, PrintStream shown, PrintStream shownErrors, PrintStream both, MeantErrors meant) {}

    private final List<String> skipped = new ArrayList<>();

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        String file = System.getProperty(FILE, "");
        if (file.isEmpty()) {
            return;
        }
        Holding now = holding;
        if (now == null) {
            now = begun(Path.of(file));
            holding = now;
        }
        System.setOut(now.both);
        System.setErr(now.both);
    }

    private static Holding begun(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            HeldOutput held = new HeldOutput(Files.newOutputStream(file));
            MeantErrors meant = MeantErrors.read(Path.of(System.getProperty(MEANT)));
            if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
                Figures.show(context, new Open(System.out));
            }
            JQWIK.setLevel(Level.WARNING);
            return new Holding(held, System.out, System.err, new Lasting(held), meant);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Whoever closes standard output in a test does not end what later ones print.
    private static final class Lasting extends PrintStream {
        Lasting(OutputStream to) {
            super(to, true, StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            flush();
        }
    }

    // The end of an appender does not close what the runner of the tests prints to.
    private static final class Open extends FilterOutputStream {
        Open(OutputStream to) {
            super(to);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        Holding now = holding;
        if (now != null && test.isTest()) {
            try {
                now.held.note("== " + name(test));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case ABORTED -> {
                skipped(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
                take();
            }
            case FAILED ->
                shown(test, "failed, and had printed:", take().lines().toList());
            case SUCCESSFUL -> {
                // What a class prints around its tests is none of theirs.
                if (test.isTest() || test.getSource().orElse(null) instanceof ClassSource) {
                    succeeded(test);
                }
            }
        }
    }

    private void succeeded(TestIdentifier test) {
        Holding now = holding;
        if (now != null) {
            shown(test, "passed, and should not have printed:", now.meant.wrong(identity(test), take()));
        }
    }

    private String take() {
        Holding now = holding;
        return now == null ? "" : now.held.take();
    }

    private void shown(TestIdentifier test, String what, List<String> lines) {
        Holding now = holding;
        if (now != null && !lines.isEmpty()) {
            now.shown.println("[ERROR] " + name(test) + " " + what);
            lines.forEach(line -> now.shown.println("    " + line));
        }
    }

    private void skipped(TestIdentifier test, String reason) {
        skipped.add(
                "skipped: " + name(test) + ": " + reason.replaceAll("\\s+", " ").strip());
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        Holding now = holding;
        if (now == null) {
            return;
        }
        System.setOut(now.shown);
        System.setErr(now.shownErrors);
        skipped.forEach(now.shown::println);
        skipped.clear();
    }

    // Class and method, whatever its parameters and repetitions.
    private static String identity(TestIdentifier test) {
        Optional<TestSource> source = test.getSource();
        if (source.orElse(null) instanceof MethodSource method) {
            return method.getClassName() + "." + method.getMethodName();
        }
        return source.orElse(null) instanceof ClassSource type ? type.getClassName() : test.getDisplayName();
    }

    private static String name(TestIdentifier test) {
        String identity = identity(test);
        String shown = test.getDisplayName().replaceAll("\\s+", " ");
        String method = identity.substring(identity.lastIndexOf('.') + 1);
        return shown.equals(method) || shown.equals(method + "()") ? identity : identity + " (" + shown + ")";
    }
}
