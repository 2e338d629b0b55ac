package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A stream that the application has closed: the peer may say the rest, for a fixed time, and is not heard. */
class CloseTest {

    private static final long SECOND = 1_000_000;

    private static Probe withStream(YamuxLimits limits) {
        Probe probe = Probe.listener(limits);
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        return probe;
    }

    private static void exchange(Probe a, Probe b) {
        while (a.session.wantsWrite() || b.session.wantsWrite()) {
            assertThat(b.receive(Frame.bytes(a.drain()))).isZero();
            assertThat(a.receive(Frame.bytes(b.drain()))).isZero();
        }
    }

    @Test
    void aPeerWithMuchLeftToSayEndsInOrder() {
        Probe reader = Probe.dialer(Probe.quiet().build());
        Probe speaker = Probe.listener(Probe.quiet().build());
        YamuxStream closed = reader.open();
        exchange(reader, speaker);
        YamuxStream speaking = speaker.opened();
        speaking.accept();
        ByteBuffer rest = ByteBuffer.allocate(12 * Wire.INITIAL_WINDOW);
        speaking.write(rest);
        exchange(reader, speaker);
        assertThat(closed.unread()).isEqualTo(Wire.INITIAL_WINDOW);
        closed.close();
        for (int round = 0; rest.hasRemaining(); round++) {
            assertThat(round).as("rounds without end").isLessThan(100);
            speaking.write(rest);
            exchange(reader, speaker);
        }
        speaking.closeWrite();
        exchange(reader, speaker);
        assertThat(reader.events).last().isEqualTo(new YamuxEvent.StreamClosed(closed));
        assertThat(speaker.events).last().isEqualTo(new YamuxEvent.StreamClosed(speaking));
        assertThat(reader.data(closed)).hasSize(Wire.INITIAL_WINDOW);
    }

    @Test
    void whatIsUnreadAndWhatIsDroppedIsCredited() {
        Probe probe = withStream(Probe.quiet().build());
        YamuxStream stream = probe.opened();
        probe.receive(Frame.data(0, 1, 200_000));
        stream.close();
        assertThat(probe.drain()).containsExactly(Frame.window(0, 1, 200_000), Frame.window(Wire.FIN, 1, 0));
        assertThat(stream.unread()).isZero();
        // The application may not know yet that it is done.
        stream.consumed(200_000);
        probe.receive(Frame.data(0, 1, 62_144), Frame.data(0, 1, 100_000));
        assertThat(probe.drain()).containsExactly(Frame.window(0, 1, 162_144));
        assertThat(probe.dropped(YamuxDrop.DATA_AFTER_CLOSE)).isEqualTo(2);
        assertThat(probe.data(stream)).hasSize(200_000);
        probe.receive(Frame.data(Wire.FIN, 1, 99_999));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamClosed(stream));
        assertThat(probe.drain()).isEmpty();
    }

    @Test
    void windowsDoNotGrowForWhatIsDropped() {
        for (boolean closes : new boolean[] {true, false}) {
            Probe probe = withStream(Probe.quiet().build());
            YamuxStream stream = probe.opened();
            probe.session.assumeRtt(60_000);
            if (closes) {
                stream.close();
            }
            for (int i = 0; i < 10; i++) {
                probe.now += 1000;
                probe.receive(Frame.data(0, 1, 200_000));
                stream.consumed((int) stream.unread());
                probe.drain();
            }
            assertThat(stream.receiveWindow() == Wire.INITIAL_WINDOW).isEqualTo(closes);
        }
    }

    @Test
    void bytesDoNotPutOffTheDeadline() {
        Probe probe = withStream(Probe.quiet().build());
        YamuxStream stream = probe.opened();
        probe.now = 3 * SECOND;
        stream.close();
        probe.drain();
        assertThat(probe.session.nextDeadline()).isEqualTo(13 * SECOND);
        for (int i = 4; i < 13; i++) {
            probe.at(i * SECOND);
            probe.receive(Frame.data(0, 1, 150_000));
            probe.drain();
            stream.close();
        }
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.at(13 * SECOND);
        assertThat(probe.events)
                .last()
                .isEqualTo(new YamuxEvent.StreamReset(stream, YamuxEvent.ResetCause.CLOSE_TIMEOUT, 0));
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.RST, 1, 0));
        assertThat(probe.dropped(YamuxDrop.CLOSE_TIMEOUT)).isEqualTo(1);
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);

        Probe lifted = withStream(Probe.quiet().closeTimeout(YamuxLimits.NEVER).build());
        lifted.opened().close();
        lifted.drain();
        lifted.at(1_000_000 * SECOND);
        assertThat(lifted.session.inboundStreams()).isEqualTo(1);
    }

    @Test
    void theDeadlineCountsFromOurFin() {
        Probe probe = withStream(Probe.quiet().build());
        YamuxStream stream = probe.opened();
        stream.write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        probe.drain();
        stream.write(ByteBuffer.allocate(10));
        stream.close();
        assertThat(probe.drain()).isEmpty();
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        probe.now = 50 * SECOND;
        probe.receive(Frame.window(0, 1, 10));
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, 10), Frame.window(Wire.FIN, 1, 0));
        assertThat(probe.session.nextDeadline()).isEqualTo(60 * SECOND);
    }

    @Test
    void theDeadlineOfAStreamThatWasHalfClosedCountsFromItsClose() {
        Probe probe = withStream(Probe.quiet().build());
        probe.opened().closeWrite();
        probe.drain();
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        probe.at(60 * SECOND);
        probe.opened().close();
        assertThat(probe.session.nextDeadline()).isEqualTo(70 * SECOND);
    }

    @Test
    void theDeadlineEndsWithThePeersFin() {
        Probe probe = withStream(Probe.quiet().build());
        probe.opened().close();
        probe.drain();
        probe.receive(Frame.data(Wire.FIN, 1, 10));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamClosed(probe.opened()));
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aHalfClosedStreamWaitsForItsAnswer() {
        Probe probe = withStream(Probe.quiet().build());
        probe.opened().closeWrite();
        probe.drain();
        probe.at(1_000_000 * SECOND);
        probe.receive(Frame.data(Wire.FIN, 1, 10));
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.at(2_000_000 * SECOND);
        probe.opened().consumed(10);
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamClosed(probe.opened()));
    }
}
