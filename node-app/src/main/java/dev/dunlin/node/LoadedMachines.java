package dev.dunlin.node;

import dev.dunlin.connection.extension.Extension;
import dev.dunlin.core.store.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of each jar or folder of {@code --machines}, in a sentence without its full stop. */
final class LoadedMachines {

    private static final String POM = "META-INF/maven/.*/pom\\.properties";

    private LoadedMachines() {}

    /** A sentence for each extension, in their order, and one for each jar that brings none. */
    static List<String> told(List<Path> jars, List<Extension> extensions) {
        List<String> lines = new ArrayList<>();
        List<Path> sources = new ArrayList<>();
        for (Extension extension : extensions) {
            Optional<Path> source = source(extension);
            source.ifPresent(sources::add);
            lines.add("the extension " + LogLine.printable(extension.name()) + " of "
                    + source.map(jar -> jar + version(jar)).orElse("a place that cannot be told") + ": "
                    + machines(extension));
        }
        for (Path jar : jars) {
            if (!sources.contains(jar.toAbsolutePath().normalize())) {
                lines.add(none(jar) + "; what else is in it is at hand to the others");
            }
        }
        return lines;
    }

    /** That there are no machines in a jar or folder, and why that may be. */
    static String none(Path jar) {
        if (!Files.isDirectory(jar)) {
            return "there are no machines in " + jar;
        }
        List<Path> within = jarsIn(jar);
        return "there are no machines in the folder " + jar
                + (within.isEmpty()
                        ? ""
                        : ": jars in it are not looked into, so name them, as --machines "
                                + within.stream().map(Path::toString).collect(Collectors.joining(",")));
    }

    // A few: they are told as an example.
    private static List<Path> jarsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .limit(3)
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private static String machines(Extension extension) {
        List<String> names = extension.machines().stream().map(Machine::name).toList();
        return names.isEmpty()
                ? "no machine"
                : (names.size() == 1 ? "the machine " : "the machines ") + LogLine.printable(String.join(", ", names));
    }

    private static Optional<Path> source(Extension extension) {
        CodeSource source = extension.getClass().getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI())
                            .toAbsolutePath()
                            .normalize());
        } catch (URISyntaxException | FileSystemNotFoundException | IllegalArgumentException elsewhere) {
            return Optional.empty();
        }
    }

    // What its manifest says, else what Maven has put into it.
    private static String version(Path jar) {
        if (Files.isDirectory(jar)) {
            return ", a folder, which has no version";
        }
        try (JarFile opened = new JarFile(jar.toFile())) {
            Manifest manifest = opened.getManifest();
            String said = manifest == null
                    ? null
                    : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            Optional<String> version = said == null ? ofMaven(opened) : Optional.of(said);
            return version.map(text -> ", version " + LogLine.shortened(text, 100))
                    .orElse(", which does not say its version");
        } catch (IOException unreadable) {
            return ", which does not say its version";
        }
    }

    // A jar into which others were merged has several, and none is its own.
    private static Optional<String> ofMaven(JarFile jar) throws IOException {
        List<String> versions = new ArrayList<>();
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
            JarEntry entry = all.nextElement();
            if (entry.getName().matches(POM)) {
                Properties properties = new Properties();
                try (InputStream in = jar.getInputStream(entry)) {
                    properties.load(in);
                }
                versions.add(properties.getProperty("version", ""));
            }
        }
        return versions.size() == 1 && !versions.getFirst().isEmpty()
                ? Optional.of(versions.getFirst())
                : Optional.empty();
    }
}
