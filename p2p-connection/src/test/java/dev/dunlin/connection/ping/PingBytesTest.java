package dev.dunlin.connection.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Both ends of a ping stream, on bytes. */
final class PingBytesTest {

    private static final byte[] BALL = sequence(32);

    @Property
    void echoesWholeBallsWhateverTheSplit(
            @ForAll @Size(max = 300) byte[] sent, @ForAll @Size(max = 20) List<@IntRange(max = 70) Integer> cuts) {
        PingEcho echo = new PingEcho();
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        int at = 0;
        for (int cut : cuts) {
            int end = Math.min(sent.length, at + cut);
            ByteBuffer piece = ByteBuffer.wrap(sent, at, end - at);
            back.writeBytes(echo.feed(piece));
            assertThat(piece.hasRemaining()).isFalse();
            at = end;
            assertThat(echo.pending()).isEqualTo(at % PingEcho.BALL);
        }
        back.writeBytes(echo.feed(ByteBuffer.wrap(sent, at, sent.length - at)));
        assertThat(back.toByteArray()).isEqualTo(Arrays.copyOf(sent, sent.length / PingEcho.BALL * PingEcho.BALL));
    }

    @Property
    void catchesWhateverTheSplit(@ForAll @IntRange(max = 32) int cut) {
        PingThrow side = new PingThrow();
        side.begin(BALL, 1_000);
        PingThrow.Outcome first = side.feed(ByteBuffer.wrap(BALL, 0, cut), 1_500);
        assertThat(first).isEqualTo(cut < 32 ? new PingThrow.Outcome.Waiting() : new PingThrow.Outcome.Caught(500));
        if (cut < 32) {
            assertThat(side.feed(ByteBuffer.wrap(BALL, cut, 32 - cut), 1_700))
                    .isEqualTo(new PingThrow.Outcome.Caught(700));
        }
        assertThat(side.isOut()).isFalse();
    }

    @Property
    void aChangedByteIsWrong(@ForAll @IntRange(max = 31) int at, @ForAll @IntRange(min = 1, max = 255) int change) {
        PingThrow side = new PingThrow();
        side.begin(BALL, 0);
        byte[] other = BALL.clone();
        other[at] ^= (byte) change;
        assertThat(side.feed(ByteBuffer.wrap(other), 1)).isEqualTo(new PingThrow.Outcome.Wrong());
    }

    @Test
    void bytesBeyondTheBallAreWrong() {
        PingThrow side = new PingThrow();
        assertThat(side.feed(ByteBuffer.wrap(new byte[0]), 1)).isEqualTo(new PingThrow.Outcome.Waiting());
        assertThat(side.feed(ByteBuffer.wrap(new byte[1]), 1)).isEqualTo(new PingThrow.Outcome.Wrong());
        side.begin(BALL, 0);
        assertThat(side.feed(ByteBuffer.wrap(Arrays.copyOf(BALL, 33)), 1)).isEqualTo(new PingThrow.Outcome.Wrong());
    }

    @Test
    void oneBallIsOutAtATime() {
        PingThrow side = new PingThrow();
        assertThatThrownBy(() -> side.begin(new byte[31], 0)).isInstanceOf(IllegalArgumentException.class);
        side.begin(BALL, 0);
        assertThatThrownBy(() -> side.begin(BALL, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClockThatStandsStillGivesZero() {
        PingThrow side = new PingThrow();
        side.begin(BALL, 7);
        assertThat(side.feed(ByteBuffer.wrap(BALL), 7)).isEqualTo(new PingThrow.Outcome.Caught(0));
    }

    private static byte[] sequence(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return bytes;
    }
}
