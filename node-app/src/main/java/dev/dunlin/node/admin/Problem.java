package dev.dunlin.node.admin;

import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.NoAnswerException;
import java.util.Locale;

/**
 * Why there is no answer, as RFC 9457 has it.
 *
 * @param type names the kind
 * @param title the kind, in words
 * @param status the HTTP status
 * @param detail the one sentence that says what is the case and what to do
 */
public record Problem(
        @Means("names the kind of problem") String type,
        @Means("the kind of problem, in words") String title,
        @Means("the HTTP status") int status,

        @Means("what is the case and what to do, in a sentence")
        String detail) {

    /** Its content type. */
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final String PREFIX = "urn:dunlin:problem:";

    static Problem of(NoAnswerException failure) {
        return of(failure.kind(), failure.sentence());
    }

    static Problem of(NoAnswerException.Kind kind, String detail) {
        return switch (kind) {
            case BAD_REQUEST -> new Problem(name(kind), "The request cannot be understood", 400, detail);
            case NOT_FOUND -> new Problem(name(kind), "There is no such thing", 404, detail);
            case REFUSED -> new Problem(name(kind), "It is not to be done as things are now", 409, detail);
            case FAILED -> new Problem(name(kind), "It was done and did not lead to what was wished", 502, detail);
            case DAMAGED -> new Problem(name(kind), "What is kept is not as it was written", 500, detail);
            case FAULT -> new Problem(name(kind), "A bug in what was to answer", 500, detail);
            case UNAVAILABLE -> new Problem(name(kind), "There is no room for it now", 503, detail);
            case TIMED_OUT -> new Problem(name(kind), "What it led to was not known in time", 504, detail);
        };
    }

    static Problem of(int status, String kind, String title, String detail) {
        return new Problem(PREFIX + kind, title, status, detail);
    }

    private static String name(NoAnswerException.Kind kind) {
        return PREFIX + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of failure that this is, to whoever asked. */
    public NoAnswerException failure() {
        for (NoAnswerException.Kind kind : NoAnswerException.Kind.values()) {
            if (type.equals(name(kind))) {
                return new NoAnswerException(kind, detail);
            }
        }
        return new NoAnswerException(NoAnswerException.Kind.REFUSED, detail);
    }
}
