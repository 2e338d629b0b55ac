package dev.dunlin.connection.yamux;

/** How constants are called in logs. */
final class Words {

    private Words() {}

    /** A constant's name in lower camel case: {@code pingTimeout} for {@code PING_TIMEOUT}. */
    static String of(Enum<?> constant) {
        StringBuilder word = new StringBuilder();
        boolean upper = false;
        for (char letter : constant.name().toCharArray()) {
            if (letter == '_') {
                upper = true;
            } else {
                word.append(upper ? letter : Character.toLowerCase(letter));
                upper = false;
            }
        }
        return word.toString();
    }
}
