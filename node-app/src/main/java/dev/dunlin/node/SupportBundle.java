package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LastBoot;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * What helps somebody else to see what is wrong with a node. The key is never opened for it but to see whose it is, and no other
 * file of the data directory is but the log's.
 */
final class SupportBundle {

    /** So many inputs at most. */
    static final int MOST_INPUTS = 100_000;

    // Of the last inputs, bytes in all; a single one may have 64 MiB.
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_FILES = 10_000;

    // Settings are to name secrets, not to hold them; what looks like one that does not is left out all the same.
    private static final Pattern SECRET = Pattern.compile("(?i).*(secret|token|passw|passphrase|credential|private).*");
    private static final Pattern REFERENCE = Pattern.compile("(file|env):.*");
    private static final String LEFT_OUT = "(left out)";

    // What is shorter stands in other places by chance.
    private static final int LEAST_SECRET = 6;

    private static final String README = """
            What 'dunlin support-bundle' wrote of a node, for whoever helps with it:

            versions.txt        the build, its Java, the operating system
            doctor.json         the report of 'dunlin doctor'
            configuration.json  the settings of the last start
            log.json            what the log holds
            files.txt           which files the data directory has: permissions, owner, size, time, name
            inputs.jsonl        the last inputs of the log, as they stand in it

            The key is not in it, nor is any other file of the data directory. Peer ids, addresses and messages of peers
            are, as is the path of the data directory: read it before you give it to others.
            """;

    private final Path dataDir;
    private final Path log;
    private final Machines machines;
    private final Archive.Writer archive;
    private Map<String, String> config = Map.of();

    private SupportBundle(Path dataDir, Machines machines, Archive.Writer archive) {
        this.machines = machines;
        this.dataDir = dataDir;
        this.log = DataDirectory.log(dataDir);
        this.archive = archive;
    }

    /**
     * Writes a bundle.
     *
     * @param to a new file
     * @param inputs how many of the last inputs go along
     * @param listen where the node is to listen
     * @param machines what it has
     * @throws CommandFailure if it cannot be written
     */
    static void write(
            Path dataDir,
            Path to,
            int inputs,
            List<Multiaddr> listen,
            Machines machines,
            BuildInfo build,
            Clock clock) {
        try (Archive.Writer archive = Archive.write(to)) {
            new SupportBundle(dataDir, machines, archive).write(inputs, listen, build, clock);
            archive.finish();
        } catch (IOException failure) {
            throw FileFailure.of("write " + to, failure);
        }
    }

    private void write(int inputs, List<Multiaddr> listen, BuildInfo build, Clock clock) throws IOException {
        boolean isLog = Files.isDirectory(log);
        config = isLog ? lastConfig() : Map.of();
        put("README.txt", README);
        put("versions.txt", versions(build));
        put(
                "doctor.json",
                DoctorCommand.json(Doctor.examine(
                                        dataDir, listen, () -> ConfigurationOptions.of(dataDir, machines), clock))
                                .toPrettyString()
                        + "\n");
        put("configuration.json", configuration());
        put("files.txt", files());
        if (isLog) {
            put("log.json", summary());
            put("inputs.jsonl", inputs(inputs));
        }
    }

    // What cannot be read the doctor's report tells.
    private Map<String, String> lastConfig() {
        try {
            return LastBoot.config(DirectoryStorage.readOnly(log)).orElse(Map.of());
        } catch (IOException unreadable) {
            return Map.of();
        }
    }

    private void put(String name, String text) throws IOException {
        String shown = text;
        for (Map.Entry<String, String> setting : config.entrySet()) {
            if (setting.getValue().length() >= LEAST_SECRET && isSecret(setting.getKey(), setting.getValue())) {
                shown = shown.replace(setting.getValue(), LEFT_OUT);
            }
        }
        byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
        archive.put(name, bytes.length, new ByteArrayInputStream(bytes));
    }

    private static boolean isSecret(String key, String value) {
        return SECRET.matcher(key).matches()
                && !value.isEmpty()
                && !REFERENCE.matcher(value).matches();
    }

    private static String versions(BuildInfo build) {
        return String.join("\n", VersionCommand.lines(build)) + "\n"
                + "vm " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor") + "\n"
                + "os " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors\n"
                + "locale " + Locale.getDefault() + ", " + System.getProperty("user.timezone", "") + "\n";
    }

    private String configuration() {
        ObjectNode settings = Report.object();
        config.forEach((key, value) -> settings.put(key, isSecret(key, value) ? LEFT_OUT : value));
        return settings.toPrettyString() + "\n";
    }

    private String files() throws IOException {
        if (!Files.isDirectory(dataDir)) {
            return "there is no directory " + dataDir + "\n";
        }
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(dataDir, 3)) {
            all.limit(MOST_FILES)
                    .sorted()
                    .forEach(file -> text.append(line(file)).append('\n'));
        } catch (UncheckedIOException hidden) {
            text.append("not all can be seen: ").append(hidden.getMessage()).append('\n');
        }
        return text.toString();
    }

    private String line(Path file) {
        String name = LogLine.printable(dataDir.relativize(file).toString());
        try {
            PosixFileAttributes is = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return (is.isDirectory() ? "d" : is.isSymbolicLink() ? "l" : "-")
                    + PosixFilePermissions.toString(is.permissions()) + " "
                    + is.owner().getName() + " " + is.size() + " "
                    + is.lastModifiedTime() + " " + name;
        } catch (IOException | UnsupportedOperationException hidden) {
            return "? " + name;
        }
    }

    private String summary() {
        StringWriter text = new StringWriter();
        try {
            new LogSummary(opened(), log).print(new PrintWriter(text, true), true);
        } catch (LogException | UncheckedIOException broken) {
            text.append(Report.object().put("unreadable", broken.getMessage()).toString())
                    .append('\n');
        }
        return text.toString();
    }

    private LogReader<NodeRoot> opened() {
        return LogReader.open(DirectoryStorage.readOnly(log), machines.storeOf(log));
    }

    private String inputs(int most) {
        Deque<String> last = new ArrayDeque<>();
        Optional<String> broken = Optional.empty();
        long bytes = 0;
        try {
            long end = LogHealth.look(log, LogBounds.of(log, machines).narrow(), LogCheck.Depth.START)
                    .last();
            try (LogCursor cursor = opened().cursor(Math.max(1, end - most + 1))) {
                for (Optional<String> line = cursor.nextText(); line.isPresent(); line = cursor.nextText()) {
                    if (Frame.isOwn(line.get())) {
                        continue;
                    }
                    last.add(line.get());
                    bytes += line.get().length();
                    while (last.size() > most || bytes > MOST_BYTES) {
                        bytes -= last.remove().length();
                    }
                }
            }
        } catch (LogException | UncheckedIOException | CommandFailure unreadable) {
            broken = Optional.of(
                    Report.object().put("unreadable", unreadable.getMessage()).toString());
        }
        broken.ifPresent(last::add);
        return last.isEmpty() ? "" : String.join("\n", last) + "\n";
    }
}
