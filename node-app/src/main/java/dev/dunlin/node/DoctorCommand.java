package dev.dunlin.node;

import dev.dunlin.core.multiformats.Multiaddr;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin doctor}: looks at all that a node needs. */
@Command(
        name = "doctor",
        description =
                "Looks at all that a node needs: Java, memory, open files, clock, ports, the directory and its disk,"
                        + " the key, and every byte of the log. Says what is wrong and what to do; changes nothing. The node may"
                        + " be running.")
final class DoctorCommand implements Runnable {

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The data directory (default: " + DataDirectory.DEFAULT_TEXT + ").")
    private @Nullable Path directory;

    @Option(
            names = "--listen",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            converter = MultiaddrConverter.class,
            description = "Where the node is to listen. Default: as that of 'dunlin run'")
    private List<Multiaddr> listen = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration that is looked at. Default: as that of 'dunlin run'")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A value that 'dunlin run' is given on its command line, such as log.ringBytes=4GiB.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--json", description = "Prints JSON on one line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;

    DoctorCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        Path dataDir = directory == null ? DataDirectory.standard() : directory;
        List<Diagnosis> found = Doctor.examine(
                dataDir,
                listen,
                () -> ConfigurationOptions.of(dataDir, Optional.ofNullable(file), set, machines),
                Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(found));
        } else {
            text(found).forEach(out::println);
        }
        long failed = found.stream()
                .filter(one -> one.level() == Diagnosis.Level.FAIL)
                .count();
        if (failed > 0) {
            throw new CommandFailure(
                    ExitCode.UNHEALTHY,
                    failed + " of " + found.size()
                            + " things are not as a node needs them: see the lines that begin with"
                            + " 'fail', and what they say to do");
        }
    }

    /** The lines that people read. */
    static List<String> text(List<Diagnosis> found) {
        List<String> lines = new ArrayList<>();
        for (Diagnosis one : found) {
            lines.add(String.format(
                    Locale.ROOT, "%-4s  %-9s  %s", one.level().text(), one.name(), LogLine.printable(one.reason())));
            if (!one.fix().isEmpty()) {
                lines.add(" ".repeat(17) + "-> " + LogLine.printable(one.fix()));
            }
        }
        return lines;
    }

    /** The same for programs. */
    static ObjectNode json(List<Diagnosis> found) {
        ObjectNode report = Report.object();
        Diagnosis.Level worst = Diagnosis.Level.OK;
        ArrayNode checks = Report.list();
        for (Diagnosis one : found) {
            checks.addObject()
                    .put("name", one.name())
                    .put("level", one.level().text())
                    .put("reason", one.reason())
                    .put("fix", one.fix());
            worst = worst.compareTo(one.level()) < 0 ? one.level() : worst;
        }
        report.put("worst", worst.text());
        report.set("checks", checks);
        return report;
    }
}
