package dev.dunlin.core.multiformats;

/**
 * Text or bytes that are no valid multiformat. The only error that the parsers of this package throw; its message is
 * one sentence, fit to be shown: what it quotes of the input is cut short and has no control characters.
 */
public final class MultiformatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private static final int QUOTED_LENGTH = 64;

    /** An error with one sentence that says what is wrong. */
    public MultiformatException(String message) {
        super(message);
    }

    /** Text of unknown origin made fit for an error message: at most 64 characters, printable ASCII only. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), QUOTED_LENGTH); i++) {
            char c = text.charAt(i);
            quoted.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return quoted.append(text.length() > QUOTED_LENGTH ? "...'" : "'").toString();
    }
}
