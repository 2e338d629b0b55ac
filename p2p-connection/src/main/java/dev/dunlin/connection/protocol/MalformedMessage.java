package dev.dunlin.connection.protocol;

/** Bytes that are no message of their protocol; the message says why, in a sentence without its full stop. */
public final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1;

    /** For this reason. */
    public MalformedMessage(String why) {
        super(why);
    }

    /** For this reason, found by something else. */
    public MalformedMessage(String why, Throwable cause) {
        super(why, cause);
    }
}
