package dev.dunlin.core.operate;

/** A question or an order has no answer. The message is the one sentence that its reader gets: the cause, and what to do. */
public final class NoAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Of which kind it is. */
    public enum Kind {
        /** What was given cannot be understood, or is out of its range. */
        BAD_REQUEST,
        /** What was asked about is not there. */
        NOT_FOUND,
        /** It is not to be done as things are now. */
        REFUSED,
        /** There is no room for it now, or what it needs does not answer: later it may. */
        UNAVAILABLE,
        /** What it led to was not known in time; it goes on. */
        TIMED_OUT,
        /** It was done and did not lead to what was wished. */
        FAILED,
        /** What is kept is not as it was written. */
        DAMAGED,
        /** What was to answer has a bug. */
        FAULT
    }

    private final Kind kind;

    /** One of a kind, with its sentence, which does not end with a full stop. */
    public NoAnswerException(Kind kind, String sentence) {
        super(sentence);
        this.kind = kind;
    }

    /** What was given cannot be understood. */
    public static NoAnswerException badRequest(String sentence) {
        return new NoAnswerException(Kind.BAD_REQUEST, sentence);
    }

    /** What was asked about is not there. */
    public static NoAnswerException notFound(String sentence) {
        return new NoAnswerException(Kind.NOT_FOUND, sentence);
    }

    /** Of which kind it is. */
    public Kind kind() {
        return kind;
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
