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

    private static final byte[] PING = sequence(32);

    @Property
    void echoesWholePingsWhateverTheSplit(
            @ForAll @Size(max = 300) byte[] sent, @ForAll @Size(max = 20) List<@IntRange(max = 70) Integer> cuts) {
        PongEcho echo = new PongEcho();
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        int at = 0;
        for (int cut : cuts) {
            int end = Math.min(sent.length, at + cut);
            ByteBuffer piece = ByteBuffer.wrap(sent, at, end - at);
            back.writeBytes(echo.feed(piece));
            assertThat(piece.hasRemaining()).isFalse();
            at = end;
            assertThat(back.size()).isEqualTo(at / PingExchange.BYTES * PingExchange.BYTES);
        }
        back.writeBytes(echo.feed(ByteBuffer.wrap(sent, at, sent.length - at)));
        assertThat(back.toByteArray())
                .isEqualTo(Arrays.copyOf(sent, sent.length / PingExchange.BYTES * PingExchange.BYTES));
    }

    @Property
    void knowsThePongWhateverTheSplit(@ForAll @IntRange(max = 32) int cut) {
        PingExchange side = new PingExchange(PING, 1_000);
        assertThat(side.isDone()).isFalse();
        assertThat(side.feed(ByteBuffer.wrap(PING, 0, cut))).isTrue();
        assertThat(side.isDone()).isEqualTo(cut == 32);
        assertThat(side.feed(ByteBuffer.wrap(PING, cut, 32 - cut))).isTrue();
        assertThat(side.isDone()).isTrue();
        assertThat(side.rtt(1_700)).isEqualTo(700);
    }

    @Property
    void aChangedByteIsWrong(@ForAll @IntRange(max = 31) int at, @ForAll @IntRange(min = 1, max = 255) int change) {
        PingExchange side = new PingExchange(PING, 0);
        byte[] other = PING.clone();
        other[at] ^= (byte) change;
        assertThat(side.feed(ByteBuffer.wrap(other))).isFalse();
        assertThat(side.isDone()).isFalse();
    }

    @Test
    void bytesBeyondThePongAreWrong() {
        PingExchange side = new PingExchange(PING, 0);
        assertThat(side.feed(ByteBuffer.wrap(Arrays.copyOf(PING, 33)))).isFalse();
        assertThat(side.feed(ByteBuffer.wrap(PING))).isTrue();
        assertThat(side.feed(ByteBuffer.wrap(new byte[0]))).isTrue();
        assertThat(side.feed(ByteBuffer.wrap(new byte[1]))).isFalse();
    }

    @Test
    void aPingHas32BytesOfItsOwn() {
        assertThatThrownBy(() -> new PingExchange(new byte[31], 0)).isInstanceOf(IllegalArgumentException.class);
        byte[] bytes = PING.clone();
        PingExchange side = new PingExchange(bytes, 0);
        bytes[0]++;
        assertThat(side.feed(ByteBuffer.wrap(PING))).isTrue();
    }

    @Test
    void aClockThatStandsStillOrRunsBackwardsGivesZero() {
        PingExchange side = new PingExchange(PING, 7);
        assertThat(side.rtt(7)).isZero();
        assertThat(side.rtt(6)).isZero();
    }

    private static byte[] sequence(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return bytes;
    }
}
