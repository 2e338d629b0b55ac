package dev.dunlin.node;

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
        spec.commandLine().getOut().println(Identity.create(chosen).peerId());
    }
}
