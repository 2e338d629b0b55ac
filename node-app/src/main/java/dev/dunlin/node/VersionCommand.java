package dev.dunlin.node;

import java.io.PrintWriter;
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
        PrintWriter out = spec.commandLine().getOut();
        out.println("dunlin " + build.version());
        out.println("commit " + build.commit());
        out.println("java " + Runtime.version());
    }
}
