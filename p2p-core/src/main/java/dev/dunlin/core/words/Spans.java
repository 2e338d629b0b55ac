package dev.dunlin.core.words;

/** Spans of time in words, such as {@code 250 ms}, {@code 10 s} and {@code 2 min 5 s}: as exact as people need them. */
public final class Spans {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Spans() {}

    /**
     * A span in its two greatest units, the rest left out.
     *
     * @param micros microseconds; what is negative counts as nothing
     */
    public static String of(long micros) {
        if (micros < MILLI) {
            return micros <= 0 ? "0 s" : micros + " us";
        }
        if (micros < SECOND) {
            return micros / MILLI + " ms";
        }
        if (micros < MINUTE) {
            return micros / SECOND + " s";
        }
        if (micros < HOUR) {
            return both(micros, MINUTE, "min", SECOND, "s");
        }
        if (micros < DAY) {
            return both(micros, HOUR, "h", MINUTE, "min");
        }
        return both(micros, DAY, micros / DAY == 1 ? "day" : "days", HOUR, "h");
    }

    private static String both(long micros, long unit, String name, long smaller, String smallerName) {
        long rest = micros % unit / smaller;
        return micros / unit + " " + name + (rest == 0 ? "" : " " + rest + " " + smallerName);
    }
}
