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
import java.io.ByteArrayOutputStream;
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
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
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

            The key is not in it, nor is any other file of the data directory. %s
            """;

    private static final String NAMES = """
            Peer ids, addresses and messages of peers
            are, and the names of this machine, of its users and of the data directory: it names whom the node has to do
            with. Read it before you give it to others; --pseudonymous puts others in the place of these names.""";

    private static final String PSEUDONYMS = """
            Peer ids, IP addresses, names of hosts
            and users, and the path of the data directory have pseudonyms, the same for the same within this bundle; of
            an address one sees whether it is of the loopback, a private or a public network. Bytes are left out, and so
            are the digests of the log's lines and their checksums, which would hold no more: inputs.jsonl cannot be
            replayed. Segments of the log are not in it. Names of settings and of the program's own parts stay, also
            where a host is called so; so do ports, times, numbers and what software peers say they are. A name in a
            message of your own protocols is found only if it looks like one, or stands elsewhere: read it before you
            give it to others.""";

    // What a node makes; all others have names that somebody gave them.
    private static final Pattern OWN_FILE = Pattern.compile(
            "(|lock|identity\\.key|dunlin\\.toml|admin\\.(token|url|crt|key)|log|log/lock|log/index|log/index/[a-z]{1,12}|"
                    + "log/(index/)?(log|snap|cut)-[0-9-]+\\.jsonl(\\.(zst|tmp|part))*)");

    private final Path dataDir;
    private final Path log;
    private final Machines machines;
    private final Archive.Writer archive;
    private final Optional<Scrubber> scrubber;
    private Map<String, String> config = Map.of();

    private SupportBundle(Path dataDir, Machines machines, Archive.Writer archive, Optional<Scrubber> scrubber) {
        this.scrubber = scrubber;
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
     * @param scrubber what puts pseudonyms in the place of names; empty to leave them
     * @throws CommandFailure if it cannot be written
     */
    static void write(
            Path dataDir,
            Path to,
            int inputs,
            List<Multiaddr> listen,
            Machines machines,
            BuildInfo build,
            Optional<Scrubber> scrubber,
            Clock clock) {
        try (Archive.Writer archive = Archive.write(to)) {
            new SupportBundle(dataDir, machines, archive, scrubber).write(inputs, listen, build, clock);
            archive.finish();
        } catch (IOException failure) {
            throw FileFailure.of("write " + to, failure);
        }
    }

    private void write(int inputs, List<Multiaddr> listen, BuildInfo build, Clock clock) throws IOException {
        boolean isLog = Files.isDirectory(log);
        config = isLog ? lastConfig() : Map.of();
        Map<String, List<String>> files = new LinkedHashMap<>();
        files.put("versions.txt", versions(build).lines().toList());
        files.put(
                "doctor.json",
                List.of(DoctorCommand.json(Doctor.examine(
                                dataDir, listen, () -> ConfigurationOptions.of(dataDir, machines), clock))
                        .toString()));
        files.put("configuration.json", List.of(configuration()));
        files.put("files.txt", files());
        if (isLog) {
            files.put("log.json", summary().lines().toList());
            files.put("inputs.jsonl", inputs(inputs));
        }
        put(
                "README.txt",
                Stream.of(README.replace("%s", scrubber.isPresent() ? PSEUDONYMS : NAMES)
                        .strip()));
        // Who is met in the last file may stand in the first.
        if (scrubber.isPresent()) {
            files.forEach((name, lines) -> lines.forEach(line -> shown(name, line)));
        }
        for (Map.Entry<String, List<String>> file : files.entrySet()) {
            put(file.getKey(), file.getValue().stream().map(line -> shown(file.getKey(), line)));
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

    private void put(String name, Stream<String> lines) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        lines.forEach(line -> text.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8)));
        archive.put(name, text.size(), new ByteArrayInputStream(text.toByteArray()));
    }

    private String shown(String file, String line) {
        String shown = line;
        for (Map.Entry<String, String> setting : config.entrySet()) {
            if (setting.getValue().length() >= LEAST_SECRET && isSecret(setting.getKey(), setting.getValue())) {
                shown = shown.replace(setting.getValue(), LEFT_OUT);
            }
        }
        if (file.endsWith(".jsonl")) {
            return scrubber.isPresent() ? BundledJson.input(shown, scrubber.get()) : shown;
        }
        if (file.endsWith(".json")) {
            return BundledJson.indented(shown, scrubber);
        }
        String text = shown;
        return scrubber.map(names -> names.text(text)).orElse(text);
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
        return settings.toString();
    }

    private List<String> files() throws IOException {
        if (!Files.isDirectory(dataDir)) {
            return List.of("there is no directory " + dataDir);
        }
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.walk(dataDir, 3)) {
            all.limit(MOST_FILES).sorted().forEach(file -> lines.add(line(file)));
        } catch (UncheckedIOException hidden) {
            lines.add("not all can be seen: " + hidden.getMessage());
        }
        return lines;
    }

    private String line(Path file) {
        String name = name(dataDir.relativize(file).toString());
        try {
            PosixFileAttributes is = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return (is.isDirectory() ? "d" : is.isSymbolicLink() ? "l" : "-")
                    + PosixFilePermissions.toString(is.permissions()) + " "
                    + scrubber.map(names -> names.pseudonym("user", is.owner().getName()))
                            .orElse(is.owner().getName())
                    + " " + is.size() + " "
                    + is.lastModifiedTime() + " " + name;
        } catch (IOException | UnsupportedOperationException hidden) {
            return "? " + name;
        }
    }

    private String name(String file) {
        boolean isOwn = OWN_FILE.matcher(file).matches();
        // Messages name it without its folder.
        scrubber.filter(names -> !isOwn)
                .ifPresent(
                        names -> names.name("file", String.valueOf(Path.of(file).getFileName())));
        return scrubber.filter(names -> !isOwn)
                .map(names -> names.pseudonym("file", file))
                .orElse(LogLine.printable(file));
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

    private List<String> inputs(int most) {
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
        return List.copyOf(last);
    }
}
