package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the machine's files in memory, with text inserted at some places. */
final class Variants {

    private static final String PACKAGE = Variants.class.getPackageName();

    private Variants() {}

    /**
     * One place of a file.
     *
     * @param file its name without the ending
     * @param before what the place is before; the file has it once
     * @param text what is put in
     */
    record Insertion(String file, String before, String text) {}

    /** Whether a file is one of those that make up the machine, and no test of it. */
    static boolean isOfTheMachine(Path file) {
        String name = file.getFileName().toString();
        return name.equals("package-info.java") || (name.startsWith("Lantern") && !name.endsWith("Test.java"));
    }

    /**
     * The machine with so many insertions.
     *
     * @throws IllegalArgumentException if it does not compile; the message has what the compiler says
     */
    static Machine<?, ?, ?> machine(Path folder, Insertion... insertions)
            throws IOException, ReflectiveOperationException {
        List<JavaFileObject> sources = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Variants::isOfTheMachine).sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                String text = Files.readString(file);
                for (Insertion insertion : insertions) {
                    text = insertion.file().equals(name) ? inserted(text, insertion) : text;
                }
                sources.add(new Source(name, text));
            }
        }
        Field field = new Made(compiled(sources))
                .loadClass(PACKAGE + ".LanternMachine")
                .getDeclaredField("LANTERN");
        field.setAccessible(true);
        return (Machine<?, ?, ?>) Objects.requireNonNull(field.get(null));
    }

    private static String inserted(String text, Insertion insertion) {
        int place = text.indexOf(insertion.before());
        if (place < 0 || text.indexOf(insertion.before(), place + 1) >= 0) {
            throw new AssertionError(insertion.file() + " has no single '" + insertion.before() + "'");
        }
        return text.substring(0, place) + insertion.text() + text.substring(place);
    }

    /** Mounts a machine on a store, with all the checks of that. */
    @SuppressWarnings("unchecked")
    static void mount(Machine<?, ?, ?> machine) {
        mounted((Machine<Object, ?, ?>) machine);
    }

    private static <S, A extends Action> void mounted(Machine<Object, S, A> machine) {
        Store.<Object>of(machine.initial())
                .mount(machine, machine.state()::cast, (root, changed) -> changed)
                .build();
    }

    private static Map<String, byte[]> compiled(List<JavaFileObject> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(problems, null, null)) {
            Memory memory = new Memory(standard);
            List<String> options = List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
            if (!compiler.getTask(null, memory, problems, options, null, sources)
                    .call()) {
                throw new IllegalArgumentException(problems.getDiagnostics().toString());
            }
            Map<String, byte[]> classes = new HashMap<>();
            memory.made.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + PACKAGE.replace('.', '/') + "/" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> made = new HashMap<>();

        Memory(JavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return made.computeIfAbsent(name, any -> new ByteArrayOutputStream());
                }
            };
        }
    }

    /** Knows the made classes before those of the test's own class path. */
    private static final class Made extends ClassLoader {
        private final Map<String, byte[]> classes;

        Made(Map<String, byte[]> classes) {
            super(Variants.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                byte[] bytes = classes.get(name);
                Class<?> loaded = findLoadedClass(name);
                if (bytes == null || loaded != null) {
                    return loaded != null ? loaded : super.loadClass(name, resolve);
                }
                return defineClass(name, bytes, 0, bytes.length);
            }
        }
    }
}
