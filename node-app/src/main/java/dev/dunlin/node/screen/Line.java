package dev.dunlin.node.screen;

/**
 * A line of the screen.
 *
 * @param text no longer than the screen is wide, in characters
 * @param style how it is shown
 */
public record Line(String text, Style style) {

    /** How a line is shown. */
    public enum Style {
        /** As text. */
        PLAIN,
        /** As the name of what stands below. */
        TITLE,
        /** As where the user stands. */
        CURRENT,
        /** As something that was rejected. */
        REJECTED,
        /** As of less weight. */
        DIM
    }

    /** A line that is cut to the width. */
    public static Line of(String text, Style style, int width) {
        return new Line(cut(text, width), style);
    }

    /** A text of at most so many characters. */
    public static String cut(String text, int width) {
        if (text.codePointCount(0, text.length()) <= width) {
            return text;
        }
        return width < 1 ? "" : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }
}
