package dev.dunlin.node;

import dev.dunlin.core.log.FolderLock;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin init}: makes a data directory with a new key. */
@Command(name = "init", description = "Makes a data directory with a new Ed25519 key, and prints the peer id.")
final class InitCommand implements Runnable {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the node keeps its key and its log (default: " + DataDirectory.DEFAULT_TEXT + ").")
    private @Nullable Path dataDir;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        Path chosen = dataDir == null ? DataDirectory.standard() : dataDir;
        // One that is there is said to be there, also while it runs.
        if (Identity.isIn(chosen)) {
            Identity.create(chosen);
        }
        try (FolderLock lock = DataDirectory.lock(chosen, "dunlin init")) {
            spec.commandLine().getOut().println(Identity.create(chosen).peerId());
        } catch (IOException failure) {
            throw FileFailure.of("let go of " + chosen, failure);
        }
    }
}
