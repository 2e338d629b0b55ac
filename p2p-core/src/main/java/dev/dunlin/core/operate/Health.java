package dev.dunlin.core.operate;

/**
 * How something is.
 *
 * @param status whether it is as it should be
 * @param reason what is the case, a sentence without its full stop
 * @param advice what to do, a sentence without its full stop; empty where nothing is to be done
 */
public record Health(
        @Means("ok, warn, or fail") Status status,
        @Means("what is the case") String reason,
        @Means("what to do; empty where nothing is") String advice) {

    /** Whether something is as it should be. */
    public enum Status {
        /** It is. */
        OK,
        /** It works, and somebody should look. */
        WARN,
        /** It does not: the node is not ready for work. */
        FAIL
    }

    /** It is as it should be. */
    public static Health ok(String reason) {
        return new Health(Status.OK, reason, "");
    }

    /** Somebody should look. */
    public static Health warn(String reason, String advice) {
        return new Health(Status.WARN, reason, advice);
    }

    /** The node is not ready for work. */
    public static Health fail(String reason, String advice) {
        return new Health(Status.FAIL, reason, advice);
    }
}
