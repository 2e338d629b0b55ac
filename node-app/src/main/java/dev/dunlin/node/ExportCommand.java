package dev.dunlin.node;

import dev.dunlin.core.debug.DevToolsExport;
import dev.dunlin.core.debug.JUnitExport;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin export}: a range of a log's steps for the Redux DevTools, or as a JUnit test. */
@Command(
        name = "export",
        description = "Writes a range of a log's steps as a state file of the Redux DevTools, or as a JUnit test.")
final class ExportCommand implements Runnable {

    /** The Java expression for a new store of the program. */
    private static final String JAVA = ".java";

    @Parameters(arity = "0..1", paramLabel = "DIR", description = DataDirectory.LOG_TEXT)
    private @Nullable Path directory;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Target target;

    @Option(names = "--from", required = true, paramLabel = "A", description = "The first step.")
    private long from;

    @Option(names = "--to", required = true, paramLabel = "B", description = "The last step.")
    private long to;

    @Option(
            names = "--class",
            paramLabel = "NAME",
            description = "With --junit: the full name of the test's class. Default: FILE's name, in no package")
    private @Nullable String className;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    // Exactly one of them.
    private static final class Target {

        @Option(
                names = "--devtools",
                required = true,
                paramLabel = "FILE",
                description =
                        "A new file, or /dev/stdout: the state of the Redux DevTools at each step, to be imported there.")
        private @Nullable Path devtools;

        @Option(
                names = "--junit",
                required = true,
                paramLabel = "FILE",
                description = "A new file NAME.java: a test that replays the steps. What it needs is written beside it,"
                        + " to NAME.jsonl.")
        private @Nullable Path junit;
    }

    /** Writes to a file that is not there yet. */
    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private final Machines machines;

    ExportCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        if (from < 1 || to < from) {
            throw new ParameterException(
                    spec.commandLine(), "--from is a step from 1 on, and --to that step or a later one");
        }
        if (className != null && target.junit == null) {
            throw new ParameterException(spec.commandLine(), "--class goes with --junit only");
        }
        Path folder = DataDirectory.logOf(directory);
        JUnitExport test = target.junit == null ? null : test(target.junit, folder);
        Store<NodeRoot> store = machines.storeOf(folder);
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), store);
        Replayer<NodeRoot> replayer = new Replayer<>(log, store, false);
        if (test != null && target.junit != null) {
            junit(test, target.junit, log, replayer);
        } else if (target.devtools != null) {
            Path file = target.devtools;
            write(file, out -> DevToolsExport.write(log, replayer, from, to, out));
            if (!isDevice(file)) {
                spec.commandLine().getOut().println(file);
            }
        }
    }

    private JUnitExport test(Path file, Path folder) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        try {
            CommandFailure.require(name.endsWith(JAVA), "--junit writes a file NAME.java, not " + file);
            JUnitExport test = JUnitExport.of(
                    className == null ? name.substring(0, name.length() - JAVA.length()) : className,
                    machines.storeExpression(folder));
            CommandFailure.require(
                    name.equals(test.className() + JAVA),
                    "the class " + test.className() + " stands in " + test.className() + JAVA + ", not in " + name);
            return test;
        } catch (IllegalArgumentException bad) {
            throw new ParameterException(spec.commandLine(), bad.getMessage() + ": name it by --class or by FILE", bad);
        }
    }

    private void junit(JUnitExport test, Path file, LogReader<NodeRoot> log, Replayer<NodeRoot> replayer) {
        Path resource = file.resolveSibling(test.resource());
        write(
                file,
                out -> write(
                        resource,
                        lines -> out.write(
                                test.write(log, replayer, from, to, lines).getBytes(StandardCharsets.UTF_8))));
        spec.commandLine().getOut().println(file);
        spec.commandLine().getOut().println(resource);
    }

    // A file that is there already is not touched; one that could not be finished is taken away again.
    private static void write(Path file, Writing writing) {
        boolean isDevice = isDevice(file);
        boolean begun = false;
        boolean done = false;
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(file, isDevice ? StandardOpenOption.APPEND : StandardOpenOption.CREATE_NEW))) {
            begun = !isDevice;
            writing.to(out);
            done = true;
        } catch (IOException failure) {
            done = false;
            failed(file, failure);
        } catch (UncheckedIOException failure) {
            failed(file, Objects.requireNonNull(failure.getCause()));
        } finally {
            if (begun && !done) {
                delete(file);
            }
        }
    }

    // Whoever reads a device may have read enough.
    private static void failed(Path file, IOException failure) {
        if (!isDevice(file) || !StandardOutput.isBrokenPipe(failure)) {
            throw FileFailure.making(file, "write " + file, failure);
        }
    }

    // Standard output may itself be a file: the name tells.
    private static boolean isDevice(Path file) {
        Path whole = file.toAbsolutePath().normalize();
        return whole.startsWith("/dev") || whole.startsWith("/proc");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
