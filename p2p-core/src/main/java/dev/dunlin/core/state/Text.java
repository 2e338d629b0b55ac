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
}
