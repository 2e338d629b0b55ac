package dev.dunlin.node;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;

/** Runs commands as a shell would, and keeps what they print. */
final class Program {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private String typed = "";

    /** What the next command finds on standard input. */
    void type(String lines) {
        typed = lines;
    }

    /** Runs one command; what earlier ones printed is forgotten. */
    ExitCode run(Object... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        int code = Main.commandLine(
                        new StringReader(typed), new PrintWriter(out, true), new PrintWriter(err, true), List.of(texts))
                .execute(texts);
        for (ExitCode known : ExitCode.values()) {
            if (known.code() == code) {
                return known;
            }
        }
        throw new AssertionError("exit code " + code + " is not documented");
    }

    String out() {
        return out.toString();
    }

    List<String> outLines() {
        return out().lines().toList();
    }

    String err() {
        return err.toString();
    }

    /** The one sentence on standard error. */
    String sentence() {
        List<String> lines = err().lines().toList();
        if (lines.size() != 1 || !lines.getFirst().startsWith("dunlin: ")) {
            throw new AssertionError("not one sentence:\n" + err());
        }
        return lines.getFirst().substring("dunlin: ".length());
    }
}
