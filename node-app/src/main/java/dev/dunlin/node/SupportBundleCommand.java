package dev.dunlin.node;

import dev.dunlin.core.multiformats.Multiaddr;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    @Option(
            names = "--pseudonymous",
            description =
                    "Puts pseudonyms in the place of peer ids, IP addresses, names of hosts and users, and paths; the"
                            + " same stands for the same in the whole bundle. Leaves out bytes, and whatever makes a line of the"
                            + " log the very line.")
    private boolean pseudonymous;

    @Option(
            names = "--with-names",
            description = "With --pseudonymous: writes beside the bundle, for your eyes only, which name each pseudonym"
                    + " stands for: FILE with .names.json in place of .tar.zst.")
    private boolean withNames;

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
        CommandFailure.require(
                pseudonymous || !withNames,
                "--with-names goes with --pseudonymous: without it there are no pseudonyms");
        BackupCommand.isNode(directory);
        BackupCommand.isNew(file, directory);
        if (withNames && Files.exists(names(), LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE,
                    names() + " is there already, and nothing is overwritten: give another name");
        }
        if (!pseudonymous) {
            SupportBundle.write(directory, file, inputs, listen, machines, build, Optional.empty(), Clock.systemUTC());
            told();
            return;
        }
        Path whole = directory.toAbsolutePath().normalize();
        Scrubber scrubber = BundleNames.of(whole, machines);
        SupportBundle.write(whole, file, inputs, listen, machines, build, Optional.of(scrubber), Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        out.println(file
                + ": without the key, with pseudonyms; the segments of the log are not in it, as they cannot be rewritten,"
                + " and texts of peers may name somebody still: read it before you give it to others (zstdcat "
                + file + " | tar xv)");
        if (withNames) {
            writeNames(scrubber.mapping());
            out.println(names() + ": which name each pseudonym stands for; keep it to yourself");
        }
    }

    private Path names() {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - Archive.SUFFIX.length()) + ".names.json");
    }

    private void writeNames(String mapping) {
        try (Unfinished making = Unfinished.file(names())) {
            Files.writeString(making.path(), mapping);
            try (FileChannel written = FileChannel.open(making.path(), StandardOpenOption.WRITE)) {
                written.force(true);
            }
            making.finish();
        } catch (IOException failure) {
            throw FileFailure.of("write " + names(), failure);
        }
    }

    private void told() {
        spec.commandLine()
                .getOut()
                .println(file
                        + ": without the key; peer ids, addresses and messages are in it, so read it before you give it to"
                        + " others, or make it --pseudonymous (zstdcat " + file + " | tar xv)");
    }
}
