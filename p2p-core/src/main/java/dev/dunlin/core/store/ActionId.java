package dev.dunlin.core.store;

/**
 * The id of an action or effect: which input led to it, and its place among all that this input led to. Ids of one
 * input do not shift when the code behind another changes.
 *
 * @param input the input's number, from 1; 0 in {@link #NONE} alone
 * @param index 0 for the input itself, then in the order of dispatch
 */
public record ActionId(long input, int index) implements Comparable<ActionId> {

    /** No action: the cause of an input that answers nothing. */
    public static final ActionId NONE = new ActionId(0, 0);

    /** Refuses negative parts. */
    public ActionId {
        if (input < 0 || index < 0) {
            throw new IllegalArgumentException("an action id has no negative part: " + input + "." + index);
        }
    }

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is not {@code input.index}
     */
    public static ActionId parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1) {
            throw new IllegalArgumentException("an action id is INPUT.INDEX, not '" + text + "'");
        }
        try {
            ActionId id =
                    new ActionId(Long.parseLong(text, 0, dot, 10), Integer.parseInt(text, dot + 1, text.length(), 10));
            if (!id.toString().equals(text)) {
                throw new IllegalArgumentException("an action id has plain numbers, not '" + text + "'");
            }
            return id;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an action id is INPUT.INDEX, not '" + text + "'", e);
        }
    }

    /** Whether this is {@link #NONE}. */
    public boolean isNone() {
        return input == 0;
    }

    @Override
    public int compareTo(ActionId other) {
        int order = Long.compare(input, other.input);
        return order != 0 ? order : Integer.compare(index, other.index);
    }

    /** {@code input.index}. */
    @Override
    public String toString() {
        return input + "." + index;
    }
}
