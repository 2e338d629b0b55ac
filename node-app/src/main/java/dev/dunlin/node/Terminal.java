package dev.dunlin.node;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;

/** Whether people are watching. */
@SuppressWarnings("SystemConsoleNull") // on JDK 25 there is none again where nobody types
final class Terminal {

    private Terminal() {}

    /** Whether standard input and output are a terminal. */
    static boolean hasBoth() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Whether standard error is a terminal; false where that cannot be told. */
    static boolean hasStandardError() {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return false;
        }
        // A console tells of standard input and output alone.
        try {
            Path real = Path.of("/dev/stderr").toRealPath();
            return real.startsWith("/dev") && !real.equals(Path.of("/dev/null"));
        } catch (IOException elsewhere) {
            return false;
        }
    }
}
