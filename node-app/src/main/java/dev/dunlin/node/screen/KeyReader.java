package dev.dunlin.node.screen;

import java.io.IOException;
import java.util.Optional;

/** Makes keys of the characters that a terminal sends for them. */
final class KeyReader {

    /** No character came in time. */
    static final int NONE = -2;

    /** There are no more. */
    static final int END = -1;

    private static final int ESCAPE = 0x1B;
    private static final int DELETE = 0x7F;
    private static final int CONTROL_H = 8;
    private static final int LONGEST = 16;

    /** Where characters come from. */
    interface Source {
        /** The next character; {@link #NONE} if none comes in so many milliseconds, {@link #END} if there are no more. */
        int read(long millis) throws IOException;
    }

    // A terminal sends what belongs to one key at once.
    private static final long TOGETHER_MILLIS = 50;

    private final Source source;
    private boolean ended;

    KeyReader(Source source) {
        this.source = source;
    }

    /** The next key; empty if none is pressed in so many milliseconds, or {@link #ended()}. */
    Optional<Key> next(long millis) throws IOException {
        int character = source.read(millis);
        return switch (character) {
            case NONE -> Optional.empty();
            case END -> {
                ended = true;
                yield Optional.empty();
            }
            case '\r', '\n' -> Optional.of(Key.Named.ENTER);
            case DELETE, CONTROL_H -> Optional.of(Key.Named.BACKSPACE);
            case ESCAPE -> Optional.of(escaped());
            default -> Optional.of(character < ' ' ? Key.Named.UNKNOWN : letter(character));
        };
    }

    /** Whether the terminal is gone. */
    boolean ended() {
        return ended;
    }

    private Key letter(int character) throws IOException {
        if (!Character.isHighSurrogate((char) character)) {
            return new Key.Letter(character);
        }
        int low = source.read(TOGETHER_MILLIS);
        return low > 0 && Character.isLowSurrogate((char) low)
                ? new Key.Letter(Character.toCodePoint((char) character, (char) low))
                : Key.Named.UNKNOWN;
    }

    // ESC [ … letter, ESC [ number ~, or ESC O letter; ESC alone is the key of that name.
    private Key escaped() throws IOException {
        int second = source.read(TOGETHER_MILLIS);
        if (second != '[' && second != 'O') {
            return second == NONE || second == END ? Key.Named.ESCAPE : Key.Named.UNKNOWN;
        }
        StringBuilder sequence = new StringBuilder();
        while (sequence.length() < LONGEST) {
            int next = source.read(TOGETHER_MILLIS);
            if (next < 0) {
                return Key.Named.UNKNOWN;
            }
            sequence.append((char) next);
            if (next >= '@' && next <= '~') {
                return named(sequence.toString());
            }
        }
        return Key.Named.UNKNOWN;
    }

    private static Key named(String sequence) {
        return switch (sequence) {
            case "A" -> Key.Named.UP;
            case "B" -> Key.Named.DOWN;
            case "C" -> Key.Named.RIGHT;
            case "D" -> Key.Named.LEFT;
            case "H", "1~", "7~" -> Key.Named.HOME;
            case "F", "4~", "8~" -> Key.Named.END;
            case "5~" -> Key.Named.PAGE_UP;
            case "6~" -> Key.Named.PAGE_DOWN;
            case "M" -> Key.Named.ENTER;
            default -> Key.Named.UNKNOWN;
        };
    }
}
