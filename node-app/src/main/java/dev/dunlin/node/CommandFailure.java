package dev.dunlin.node;

/** A command cannot do what it was asked. The message is the one sentence that the user reads: cause and what to do. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    /** A failure that has no deeper cause. */
    public CommandFailure(ExitCode exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    /** A failure whose cause is shown with {@code --debug}. */
    public CommandFailure(ExitCode exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** Fails with bad usage unless something holds. */
    static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new CommandFailure(ExitCode.USAGE, sentence);
        }
    }

    /** The code that the program ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
