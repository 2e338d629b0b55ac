package dev.dunlin.node;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dunlin version}: which build this is and what it runs on. */
@Command(name = "version", description = "Prints the version, the commit it was built from, and the Java it runs on.")
final class VersionCommand implements Runnable {

    private final BuildInfo build;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    VersionCommand(BuildInfo build) {
        this.build = build;
    }

    @Override
    public void run() {
        lines(build).forEach(spec.commandLine().getOut()::println);
    }

    /** What it prints. */
    static List<String> lines(BuildInfo build) {
        return List.of("dunlin " + build.version(), "commit " + build.commit(), "java " + Runtime.version());
    }
}
