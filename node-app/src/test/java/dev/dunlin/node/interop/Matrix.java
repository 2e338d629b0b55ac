package dev.dunlin.node.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Counts what passed against which implementation, and prints it as one table when all tests have run: rows are what {@link Cell}
 * says, columns the implementations with the versions they tell. The table is also written to {@code target/interop-matrix.md}.
 */
final class Matrix implements InvocationInterceptor {

    private static final Path WRITTEN = Path.of("target", "interop-matrix.md");

    private static final class Count {
        private int passed;
        private int failed;

        @Override
        public String toString() {
            return failed > 0 ? failed + " of " + (passed + failed) + " failed" : passed + " passed";
        }
    }

    /** Filled while the tests run, printed when they have. */
    private static final class Table implements AutoCloseable {
        private final Map<String, Map<Implementation, Count>> rows = new TreeMap<>();

        synchronized void count(String row, Implementation of, boolean passed) {
            Count count = rows.computeIfAbsent(row, key -> new EnumMap<>(Implementation.class))
                    .computeIfAbsent(of, key -> new Count());
            if (passed) {
                count.passed++;
            } else {
                count.failed++;
            }
        }

        private synchronized String text() {
            StringBuilder text = new StringBuilder("| Dunlin with |");
            for (Implementation each : Implementation.values()) {
                text.append(' ')
                        .append(each)
                        .append("-libp2p ")
                        .append(version(each))
                        .append(" |");
            }
            text.append("\n|---|")
                    .append("---|".repeat(Implementation.values().length))
                    .append('\n');
            for (Map.Entry<String, Map<Implementation, Count>> row : rows.entrySet()) {
                text.append("| ").append(row.getKey()).append(" |");
                for (Implementation each : Implementation.values()) {
                    Count count = row.getValue().get(each);
                    text.append(' ').append(count == null ? "–" : count).append(" |");
                }
                text.append('\n');
            }
            return text.append("\nLogs of Dunlin's side, verified to the last input: ")
                    .append(Recording.verified())
                    .append(", of ")
                    .append(Recording.inputs())
                    .append(" inputs.\n")
                    .toString();
        }

        private static String version(Implementation of) {
            return Counterpart.version(of).orElse("(did not run)");
        }

        @Override
        public void close() {
            String text = text();
            System.out.println(text);
            try {
                Files.createDirectories(WRITTEN.getParent());
                Files.writeString(WRITTEN, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        counted(test, called, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        counted(test, called, context);
    }

    private static void counted(
            Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        Optional<Cell> cell = Optional.ofNullable(called.getExecutable().getAnnotation(Cell.class));
        Optional<Implementation> other = implementation(called);
        boolean passed = false;
        try {
            test.proceed();
            passed = true;
        } catch (TestAbortedException skipped) {
            cell = Optional.empty();
            throw skipped;
        } finally {
            if (cell.isPresent() && other.isPresent()) {
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(Matrix.class))
                        .computeIfAbsent(Table.class, key -> new Table(), Table.class)
                        .count(cell.get().value(), other.get(), passed);
            }
        }
    }

    private static Optional<Implementation> implementation(ReflectiveInvocationContext<Method> called) {
        if (called.getTarget().orElse(null) instanceof InteropTest test) {
            return Optional.of(test.implementation());
        }
        return called.getArguments().stream()
                .filter(Implementation.class::isInstance)
                .map(Implementation.class::cast)
                .findFirst();
    }
}
