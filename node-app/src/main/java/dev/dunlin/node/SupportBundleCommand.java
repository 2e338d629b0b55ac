package dev.dunlin.node;

import dev.dunlin.core.multiformats.Multiaddr;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin support-bundle}: what helps somebody else to see what is wrong with a node. */
@Command(
        name = "support-bundle",
        description =
                "Writes what helps others to see what is wrong with a node: versions, the doctor's report, settings,"
                        + " what the log holds, its last inputs. Never the key. The node may be running.")
final class SupportBundleCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path directory;

    @Parameters(index = "1", paramLabel = "FILE", description = "A new file that ends with .tar.zst.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path file;

    @Option(
            names = "--inputs",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many of the last inputs go along, 0 to 100000. Default: ${DEFAULT-VALUE}")
    private int inputs;

    @Option(
            names = "--listen",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            converter = MultiaddrConverter.class,
            description = "Where the node is to listen. Default: as that of 'dunlin run'")
    private List<Multiaddr> listen = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;
    private final BuildInfo build;

    SupportBundleCommand(Machines machines, BuildInfo build) {
        this.machines = machines;
        this.build = build;
    }

    @Override
    public void run() {
        CommandFailure.require(
                inputs >= 0 && inputs <= SupportBundle.MOST_INPUTS,
                "--inputs is from 0 to " + SupportBundle.MOST_INPUTS + ", not " + inputs);
        CommandFailure.require(Archive.isFile(file), file + " must end with " + Archive.SUFFIX);
        BackupCommand.isNode(directory);
        BackupCommand.isNew(file, directory);
        SupportBundle.write(directory, file, inputs, listen, machines, build, Clock.systemUTC());
        spec.commandLine()
                .getOut()
                .println(file
                        + ": without the key; peer ids, addresses and messages are in it, so read it before you give it to"
                        + " others (zstdcat " + file + " | tar xv)");
    }
}
