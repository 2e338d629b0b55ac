package dev.dunlin.node;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The program as it is delivered: in jars, which stay open, where the tests have folders of classes, each of which is opened when it is used. */
final class Jars {

    private Jars() {}

    /** A class path with this JVM's classes, all of it below a folder. */
    static String in(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> made = new ArrayList<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(each);
            Path jar = folder.resolve(made.size() + ".jar");
            if (Files.isDirectory(from)) {
                pack(from, jar);
                made.add(jar.toString());
            } else if (Files.exists(from)) {
                Files.copy(from, jar);
                made.add(jar.toString());
            }
        }
        return String.join(File.pathSeparator, made);
    }

    private static void pack(Path from, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out);
                Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                packed.putNextEntry(new JarEntry(from.relativize(file).toString()));
                Files.copy(file, packed);
                packed.closeEntry();
            }
        }
    }
}
