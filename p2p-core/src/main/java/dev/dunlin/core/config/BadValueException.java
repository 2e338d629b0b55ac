package dev.dunlin.core.config;

/** A text that is no value of its kind. The message goes on where the key and the text were named: {@code "is over 1h"}. */
public final class BadValueException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * Of a text.
     *
     * @param why a clause without a full stop
     */
    public BadValueException(String why) {
        super(why);
    }

    /** Why it is none. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
