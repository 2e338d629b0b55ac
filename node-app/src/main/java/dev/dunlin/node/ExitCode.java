package dev.dunlin.node;

/** What the program's exit code means; {@code docs/exit-codes.md} is the same table for users. */
public enum ExitCode {
    /** The command did what it was asked. */
    OK(0),
    /** {@code dunlin doctor} found something that a node does not run with, or that is lost. */
    UNHEALTHY(1),
    /** The command line cannot be understood. */
    USAGE(2),
    /** The data is damaged, or does not fit this build. */
    DATA_ERROR(65),
    /** What the command is to read is not there: a folder, a log in it, a step of the log. */
    NO_INPUT(66),
    /** What the command needs is not there: a JDK, a peer, a port that is free. */
    UNAVAILABLE(69),
    /** A fault in Dunlin itself. */
    INTERNAL(70),
    /** What the command is to make cannot be made, or is there already. */
    CANNOT_CREATE(73),
    /** A disk or a stream failed. */
    IO_ERROR(74),
    /** A running node or another command uses it: stop the node, or wait, and try again. */
    BUSY(75),
    /** The permissions of a file forbid it, or do not protect it. */
    NOT_PERMITTED(77),
    /** The configuration cannot be used: a file or a variable of the environment says what cannot be. */
    CONFIGURATION(78),
    /** A simulated run found that something happened that never must. */
    SAFETY_VIOLATED(80),
    /** A simulated run found that something did not happen in time, though nothing was wrong any more. */
    LIVENESS_VIOLATED(81),
    /** In a simulated run, a machine or a service threw. */
    SIMULATED_CRASH(82),
    /** The command did its work and found nothing: no difference, no fault, nothing about the subject. */
    NOTHING_FOUND(83),
    /** A log replays to another result than was recorded. */
    DIVERGED(84);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the shell sees, 0 to 255. */
    public int code() {
        return code;
    }
}
