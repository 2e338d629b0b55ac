package dev.dunlin.node;

import java.util.List;

/** A command cannot do what it was asked. The message is the one sentence that the user reads: cause and what to do. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    private final transient List<String> lines;

    /** A failure that has no deeper cause. */
    public CommandFailure(ExitCode exitCode, String sentence) {
        this(exitCode, sentence, List.of());
    }

    /** A failure of several things, each told on a line of its own behind the sentence. */
    public CommandFailure(ExitCode exitCode, String sentence, List<String> lines) {
        super(sentence);
        this.exitCode = exitCode;
        this.lines = List.copyOf(lines);
    }

    /** A failure whose cause is shown with {@code --debug}. */
    public CommandFailure(ExitCode exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
        this.lines = List.of();
    }

    /** Fails with bad usage unless something holds. */
    static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new CommandFailure(ExitCode.USAGE, sentence);
        }
    }

    /** What is told behind the sentence, a line each. */
    List<String> lines() {
        return lines;
    }

    /** The code that the program ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
