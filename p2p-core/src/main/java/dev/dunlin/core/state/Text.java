package dev.dunlin.core.state;

/** What is done with texts that have no bound of their own. */
public final class Text {

    private Text() {}

    /** A text's first characters, at most so many, and never half a surrogate pair more than the text has. */
    public static String head(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    /** Whether no half of a surrogate pair stands alone in a text: only then it has UTF-8. */
    public static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isUnicode(text, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether what stands at a place is a character, or a surrogate with its other half beside it. */
    public static boolean isUnicode(String text, int at) {
        char unit = text.charAt(at);
        if (!Character.isSurrogate(unit)) {
            return true;
        }
        return Character.isHighSurrogate(unit)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
