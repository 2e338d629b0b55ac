package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A build of the program in a folder of its own, with a launcher: this build's classes as they are, or with one source file of
 * a machine changed and compiled anew.
 *
 * @param launcher runs the program
 * @param classPath what it runs from; a changed class stands before the one that it replaces
 */
record ChangedBuild(Path launcher, List<Path> classPath) {

    private static final Path MODULES = Path.of("..").toAbsolutePath().normalize();

    /** This build, unchanged. */
    static ChangedBuild original(Path folder) throws IOException {
        return launched(folder, copied(folder));
    }

    /**
     * This build with a changed reducer: after a pong, one ping counts as lost, where none does. It is the field
     * {@code ping.peers.ID.failures}, from the first {@code exchange/answerCame} of a ping on.
     */
    static ChangedBuild countingAPongAsLost(Path folder) throws IOException {
        return changed(
                folder,
                "p2p-connection/src/main/java/dev/dunlin/connection/ping/PingReducer.java",
                "Math.min(peer.failures() + 1, most) : 0;",
                "Math.min(peer.failures() + 1, most) : 1;");
    }

    /**
     * This build with one source file changed.
     *
     * @param source the file, from the repository's root on
     * @param from the one piece of it that is replaced
     */
    static ChangedBuild changed(Path folder, String source, String from, String to) throws IOException {
        String text = Files.readString(MODULES.resolve(source));
        if (text.split(Pattern.quote(from), -1).length != 2) {
            throw new AssertionError("'" + from + "' does not stand once in " + source);
        }
        List<Path> classPath = new ArrayList<>(copied(folder));
        Path copy = Files.createDirectories(folder.resolve("source"))
                .resolve(Path.of(source).getFileName());
        Files.writeString(copy, text.replace(from, to));
        Path classes = Files.createDirectories(folder.resolve("changed"));
        compile(copy, classPath, classes);
        classPath.addFirst(classes);
        return launched(folder, classPath);
    }

    /** Runs a method of a generated test, which stands compiled in a folder, from the classes of this build; what it throws. */
    Optional<Throwable> tested(Path generated, String name, String called) throws Exception {
        List<URL> urls = new ArrayList<>(List.of(generated.toUri().toURL()));
        for (Path path : classPath) {
            urls.add(path.toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> test = loader.loadClass(name);
            Constructor<?> constructor = test.getDeclaredConstructor();
            constructor.setAccessible(true);
            Method method = test.getDeclaredMethod(called);
            method.setAccessible(true);
            assertThat(List.of(method.getAnnotations()))
                    .map(annotation -> annotation.annotationType().getName())
                    .containsExactly("org.junit.jupiter.api.Test");
            method.invoke(constructor.newInstance());
            return Optional.empty();
        } catch (InvocationTargetException thrown) {
            return Optional.ofNullable(thrown.getCause());
        }
    }

    /** Compiles a source file. */
    static void compile(Path source, List<Path> classPath, Path into) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of("-proc:none", "--release", "25", "-cp", joined(classPath), "-d", into.toString());
            boolean done = compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!done) {
                throw new AssertionError(source + " does not compile:\n" + said);
            }
        }
    }

    /** The class path of this test. */
    static List<Path> testClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
    }

    /** Starts the program. */
    Process start(ProcessBuilder.Redirect out, ProcessBuilder.Redirect err, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(args);
        return new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(err)
                .start();
    }

    // The folders of the reactor's classes are copied, so that they stay what they are; jars do anyway.
    private static List<Path> copied(Path folder) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (Path path : testClassPath()) {
            if (!Files.isDirectory(path)) {
                paths.add(path);
            } else if (!path.endsWith("test-classes")) {
                Path to = folder.resolve("classes-" + paths.size());
                copy(path, to);
                paths.add(to);
            }
        }
        return paths;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path copy = to.resolve(from.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(copy);
                    } else {
                        Files.copy(file, copy);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static ChangedBuild launched(Path folder, List<Path> classPath) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path launcher = Files.createFile(
                folder.resolve("dunlin"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '" + java + "' -Xmx256m -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED"
                        + " --sun-misc-unsafe-memory-access=allow -cp '" + joined(classPath) + "' "
                        + Main.class.getName() + " \"$@\"\n");
        return new ChangedBuild(launcher, List.copyOf(classPath));
    }

    private static String joined(List<Path> classPath) {
        return classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
