package dev.dunlin.node.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyReaderTest {

    // A '.' stands for no character in time.
    private static List<Key> keys(String typed) throws IOException {
        int[] at = {0};
        KeyReader reader = new KeyReader(millis -> {
            if (at[0] == typed.length()) {
                return KeyReader.END;
            }
            char next = typed.charAt(at[0]++);
            return next == '.' ? KeyReader.NONE : next;
        });
        List<Key> keys = new ArrayList<>();
        while (!reader.ended()) {
            reader.next(1).ifPresent(keys::add);
        }
        return keys;
    }

    @Test
    void sequencesOfAllTerminals() throws IOException {
        assertThat(keys("\u001b[A\u001b[B\u001b[C\u001b[D"))
                .containsExactly(Key.Named.UP, Key.Named.DOWN, Key.Named.RIGHT, Key.Named.LEFT);
        assertThat(keys("\u001bOA\u001bOH\u001bOF\u001b[H\u001b[1~\u001b[7~\u001b[4~"))
                .containsExactly(
                        Key.Named.UP,
                        Key.Named.HOME,
                        Key.Named.END,
                        Key.Named.HOME,
                        Key.Named.HOME,
                        Key.Named.HOME,
                        Key.Named.END);
        assertThat(keys("\u001b[5~\u001b[6~\r\n\u007f\b"))
                .containsExactly(
                        Key.Named.PAGE_UP,
                        Key.Named.PAGE_DOWN,
                        Key.Named.ENTER,
                        Key.Named.ENTER,
                        Key.Named.BACKSPACE,
                        Key.Named.BACKSPACE);
    }

    @Test
    void lettersOfAnyLength() throws IOException {
        assertThat(keys("aé\uD83D\uDE00"))
                .containsExactly(new Key.Letter('a'), new Key.Letter('é'), new Key.Letter(0x1F600));
    }

    @Test
    void escapeAloneAndWhatIsUnknown() throws IOException {
        assertThat(keys("\u001b.x")).containsExactly(Key.Named.ESCAPE, new Key.Letter('x'));
        assertThat(keys("\u001b")).containsExactly(Key.Named.ESCAPE);
        assertThat(keys("\u001b[1;5Cx")).containsExactly(Key.Named.UNKNOWN, new Key.Letter('x'));
        assertThat(keys("\u001b[.x")).containsExactly(Key.Named.UNKNOWN, new Key.Letter('x'));
        assertThat(keys("\u0001\u001a")).containsExactly(Key.Named.UNKNOWN, Key.Named.UNKNOWN);
        assertThat(keys("\u001b[" + "1".repeat(40) + "~")).first().isEqualTo(Key.Named.UNKNOWN);
        assertThat(keys("\uD83D.")).containsExactly(Key.Named.UNKNOWN);
    }
}
