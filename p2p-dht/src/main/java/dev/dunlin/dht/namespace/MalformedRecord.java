package dev.dunlin.dht.namespace;

/** Bytes that are no record of their kind; the message says why, in a sentence without its full stop. */
public final class MalformedRecord extends Exception {

    private static final long serialVersionUID = 1;

    /** For this reason. */
    MalformedRecord(String why) {
        super(why);
    }

    /** For this reason, found by something else. */
    MalformedRecord(String why, Throwable cause) {
        super(why, cause);
    }
}
