package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The page of a package: the Javadoc in its {@code package-info.java}. With {@link dev.dunlin.core.store.Diagram} it
 * keeps a machine's page true:
 *
 * <pre>{@code
 * assertThat(PackagePage.of(LampMachine.LAMP)).contains(Diagram.of(LampMachine.LAMP));
 * }</pre>
 */
public final class PackagePage {

    private PackagePage() {}

    /**
     * The page of the package of a machine's actions, without the asterisks. The working directory is the module's, as in a Maven test run.
     *
     * @throws UncheckedIOException if there is no {@code package-info.java} there
     */
    public static String of(Machine<?, ?, ?> machine) {
        Path file = Path.of(machine.actions().getPackageName().replace('.', '/'), "package-info.java");
        Path main = Path.of("src/main/java").resolve(file);
        try {
            return Files.readString(
                            Files.exists(main) ? main : Path.of("src/test/java").resolve(file), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^ \\* ?", "");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
