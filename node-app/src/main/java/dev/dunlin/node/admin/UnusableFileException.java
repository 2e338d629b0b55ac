package dev.dunlin.node.admin;

import java.nio.file.Path;

/** A file that cannot be used as it is; the message is a sentence that says why, and what to do. */
public final class UnusableFileException extends Exception {

    private static final long serialVersionUID = 1;

    private final String clause;

    /**
     * One of a file.
     *
     * @param why what is the case, a clause whose subject is the file
     * @param advice what to do
     */
    UnusableFileException(Path file, String why, String advice) {
        super(file + " " + why + ": " + advice);
        this.clause = why + ": " + advice;
    }

    /** The sentence without the file's name at its beginning. */
    public String clause() {
        return clause;
    }
}
