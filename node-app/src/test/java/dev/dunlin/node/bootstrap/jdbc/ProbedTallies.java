package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.node.bootstrap.Provisioner;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** Databases whose making and removal somebody watches from another package. */
public final class ProbedTallies {

    private ProbedTallies() {}

    /**
     * Opens a directory.
     *
     * @param seen the name of each step, and whether it is done
     */
    public static Provisioner open(Path directory, SqliteTallies.Limits limits, BiConsumer<String, Boolean> seen) {
        return SqliteTallies.open(directory, limits, (step, isDone) -> seen.accept(step.name(), isDone));
    }
}
