package dev.dunlin.node.stepper;

import java.util.Arrays;

/**
 * The times that a log spans, as one line of bars, and below it where something was rejected and where the user stands.
 *
 * @param bars how dense inputs came: the higher a bar, the more
 * @param marks {@code !} where something was rejected, {@code ^} where the user stands
 */
record Strip(String bars, String marks) {

    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    /** Of so many columns, for who stands at a time. */
    static Strip of(Density density, long at, int columns) {
        long[] inputs = density.inputs(columns);
        long most = Arrays.stream(inputs).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (long count : inputs) {
            bars.append(count == 0 ? ' ' : LEVELS.charAt(level(count, most)));
        }
        StringBuilder marks = new StringBuilder();
        for (long count : density.rejected(columns)) {
            marks.append(count == 0 ? ' ' : '!');
        }
        marks.setCharAt(density.column(at, columns), '^');
        return new Strip(bars.toString(), marks.toString());
    }

    // By the logarithm: a busy second leaves the quiet hours visible.
    private static int level(long count, long most) {
        if (most <= 1) {
            return 0;
        }
        double part = StrictMath.log(count) / StrictMath.log(most);
        return Math.min(LEVELS.length() - 1, (int) (part * LEVELS.length()));
    }
}
