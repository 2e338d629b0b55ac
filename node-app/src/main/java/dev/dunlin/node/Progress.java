package dev.dunlin.node;

import java.io.PrintWriter;
import java.util.function.LongConsumer;
import picocli.CommandLine.Model.CommandSpec;

/** Shows how far a replay is, where people watch. */
final class Progress {

    private static final int SHOWN = 1 << 16;
    private static final int TOLD = 1 << 10;

    private Progress() {}

    /** Told each 1,024 steps; shows one in 65,536. */
    static LongConsumer on(CommandSpec spec, boolean shown) {
        if (!shown) {
            return step -> {};
        }
        PrintWriter err = spec.commandLine().getErr();
        return step -> {
            if (step % SHOWN < TOLD) {
                err.print("\rstep " + step + "\r");
                err.flush();
            }
        };
    }
}
