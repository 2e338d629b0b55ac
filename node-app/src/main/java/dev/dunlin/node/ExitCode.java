package dev.dunlin.node;

/** What the program's exit code means; {@code docs/exit-codes.md} is the same table for users. */
public enum ExitCode {
    /** The command did what it was asked. */
    OK(0),
    /** The command line cannot be understood. */
    USAGE(2),
    /** What the command needs is not there: a JDK, a peer, a port that is free. */
    UNAVAILABLE(69),
    /** A fault in Dunlin itself. */
    INTERNAL(70);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the shell sees, 0 to 255. */
    public int code() {
        return code;
    }
}
