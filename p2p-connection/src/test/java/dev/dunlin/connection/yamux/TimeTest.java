package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Deadlines: idle streams, peers that never finish, keepalive. */
class TimeTest {

    private static final long SECOND = 1_000_000;

    private static Probe withStream(YamuxLimits limits) {
        Probe probe = Probe.listener(limits);
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        return probe;
    }

    @Test
    void idleStreamsAreReset() {
        Probe probe = withStream(Probe.quiet().build());
        assertThat(probe.session.nextDeadline()).isEqualTo(120 * SECOND);
        probe.at(120 * SECOND - 1);
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.at(120 * SECOND);
        assertThat(probe.events)
                .last()
                .isEqualTo(new YamuxEvent.StreamReset(probe.opened(), YamuxEvent.ResetCause.IDLE, 0));
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.RST, 1, 0));
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(probe.dropped(YamuxDrop.IDLE_TIMEOUT)).isEqualTo(1);

        Probe lifted = withStream(Probe.quiet().idleTimeout(YamuxLimits.NEVER).build());
        assertThat(lifted.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        lifted.at(1_000_000 * SECOND);
        assertThat(lifted.session.inboundStreams()).isEqualTo(1);
    }

    @Test
    void bytesKeepAStreamAndFramesWithoutDoNot() {
        Probe probe = withStream(Probe.quiet().build());
        probe.now = 50 * SECOND;
        probe.receive(Frame.data(0, 1, 10));
        probe.at(130 * SECOND);
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.opened().write(ByteBuffer.allocate(1));
        probe.drain();
        probe.at(200 * SECOND);
        probe.opened().consumed(10);
        probe.receive(Frame.window(0, 1, 1), Frame.data(0, 1, 0));
        assertThat(probe.session.nextDeadline()).isEqualTo(320 * SECOND);
        probe.now = 300 * SECOND;
        probe.receive(Frame.window(0, 1, 1), Frame.data(0, 1, 0));
        probe.at(320 * SECOND);
        assertThat(probe.session.inboundStreams()).isZero();
    }

    @Test
    void theLongestSilentGoFirst() {
        Probe probe = Probe.listener(Probe.quiet().build());
        for (int i = 0; i < 3; i++) {
            probe.now = i * SECOND;
            probe.receive(Frame.window(Wire.SYN, 2L * i + 1, 0));
        }
        probe.now = 3 * SECOND;
        probe.receive(Frame.data(0, 1, 1));
        probe.at(122 * SECOND);
        assertThat(probe.of(YamuxEvent.StreamReset.class))
                .extracting(reset -> reset.stream().id())
                .containsExactly(3L, 5L);
        assertThat(probe.session.nextDeadline()).isEqualTo(123 * SECOND);
    }

    @Test
    void aPeerThatNeverSendsFinIsReset() {
        Probe probe = withStream(Probe.quiet().build());
        probe.now = 10 * SECOND;
        probe.opened().close();
        assertThat(probe.session.nextDeadline()).isEqualTo(120 * SECOND);
        probe.drain();
        assertThat(probe.session.nextDeadline()).isEqualTo(70 * SECOND);
        // What a closed reader drops does not keep the stream.
        probe.now = 60 * SECOND;
        probe.receive(Frame.data(0, 1, 10));
        probe.at(70 * SECOND);
        assertThat(probe.events)
                .last()
                .isEqualTo(new YamuxEvent.StreamReset(probe.opened(), YamuxEvent.ResetCause.CLOSE_TIMEOUT, 0));
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.RST, 1, 0));
        assertThat(probe.dropped(YamuxDrop.CLOSE_TIMEOUT)).isEqualTo(1);

        Probe lifted = withStream(Probe.quiet()
                .closeTimeout(YamuxLimits.NEVER)
                .idleTimeout(YamuxLimits.NEVER)
                .build());
        lifted.opened().close();
        lifted.drain();
        lifted.at(1_000_000 * SECOND);
        assertThat(lifted.session.inboundStreams()).isEqualTo(1);
    }

    @Test
    void aLongAnswerAfterOurFinIsFine() {
        Probe probe = withStream(Probe.quiet().build());
        probe.opened().closeWrite();
        probe.drain();
        for (int i = 1; i <= 10; i++) {
            probe.at(i * 59 * SECOND);
            probe.receive(Frame.data(0, 1, 10));
        }
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.receive(Frame.window(Wire.FIN, 1, 0));
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        probe.opened().consumed(100);
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamClosed(probe.opened()));
    }

    @Test
    void theCloseTimeoutEndsWithThePeersFin() {
        Probe probe = withStream(Probe.quiet().build());
        probe.opened().closeWrite();
        probe.drain();
        assertThat(probe.session.nextDeadline()).isEqualTo(60 * SECOND);
        // Only the application is still to read: its time is that of an idle stream.
        probe.receive(Frame.data(Wire.FIN, 1, 10));
        assertThat(probe.session.nextDeadline()).isEqualTo(120 * SECOND);
    }

    @Test
    void pingsMeasureAndKeepAlive() {
        Probe probe = Probe.dialer(YamuxLimits.defaults());
        assertThat(probe.session.nextDeadline()).isZero();
        probe.at(0);
        assertThat(probe.session.nextDeadline()).isEqualTo(30 * SECOND);
        assertThat(probe.session.roundTrip()).isEmpty();
        // The round trip begins when the ping leaves, not when it was wanted.
        probe.now = 500;
        assertThat(probe.drain()).containsExactly(Frame.ping(Wire.SYN, 0));
        probe.now = 1500;
        probe.receive(Frame.ping(Wire.ACK, 1), Frame.ping(Wire.ACK, 0), Frame.ping(Wire.ACK, 0));
        assertThat(probe.of(YamuxEvent.PingAnswered.class)).containsExactly(new YamuxEvent.PingAnswered(1000));
        assertThat(probe.dropped(YamuxDrop.UNSOLICITED_PONG)).isEqualTo(2);
        assertThat(probe.session.nextDeadline()).isEqualTo(30 * SECOND + 1500);
        probe.at(30 * SECOND + 1500);
        assertThat(probe.drain()).containsExactly(Frame.ping(Wire.SYN, 1));
        probe.now += 1800;
        probe.receive(Frame.ping(Wire.ACK, 1));
        assertThat(probe.session.roundTrip()).hasValue((7 * 1000 + 1800) / 8);
        probe.session.ping(probe.now);
        probe.session.ping(probe.now);
        assertThat(probe.drain()).containsExactly(Frame.ping(Wire.SYN, 2));
    }

    @Test
    void anAnswerToAPingThatDidNotLeaveCountsForNothing() {
        Probe probe = Probe.dialer(YamuxLimits.defaults()).at(0);
        probe.receive(Frame.ping(Wire.ACK, 0));
        assertThat(probe.of(YamuxEvent.PingAnswered.class)).isEmpty();
        assertThat(probe.dropped(YamuxDrop.UNSOLICITED_PONG)).isEqualTo(1);
    }

    @Test
    void aSilentPeerIsGivenUp() {
        Probe probe = Probe.dialer(YamuxLimits.defaults()).at(0);
        YamuxStream stream = probe.open();
        probe.at(30 * SECOND - 1);
        assertThat(probe.session.ended()).isEmpty();
        probe.at(30 * SECOND);
        assertThat(probe.events)
                .containsExactly(
                        new YamuxEvent.SessionEnded(YamuxEnd.PING_TIMEOUT),
                        new YamuxEvent.StreamReset(stream, YamuxEvent.ResetCause.SESSION_ENDED, 0));
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);

        Probe lifted = Probe.dialer(YamuxLimits.defaults().toBuilder()
                        .pingTimeout(YamuxLimits.NEVER)
                        .build())
                .at(0);
        lifted.at(1_000_000 * SECOND);
        assertThat(lifted.session.ended()).isEmpty();
    }

    @Test
    void aBusyPeerIsNotGivenUp() {
        // A js peer's frame of several MiB may stand before its answer.
        Probe probe = Probe.dialer(YamuxLimits.defaults()).at(0);
        for (int i = 1; i < 10; i++) {
            probe.now = i * 29 * SECOND;
            probe.receive(Frame.data(0, 99, 10));
            probe.session.onTime(probe.now);
        }
        assertThat(probe.session.ended()).isEmpty();
    }

    @Test
    void bytesThatAreNotReadAreNoSignOfLife() {
        // The peer reads nothing, so our ping is stuck and reading has stopped.
        Probe probe = Probe.dialer(
                        YamuxLimits.defaults().toBuilder().maxControlFrames(1).build())
                .at(0);
        probe.now = 29 * SECOND;
        assertThat(probe.receive(Frame.data(0, 99, 10).bytes())).isEqualTo(22);
        probe.at(30 * SECOND);
        assertThat(probe.session.ended()).contains(YamuxEnd.PING_TIMEOUT);
    }

    @Test
    void timeNeverRunsBackwards() {
        Probe probe = withStream(Probe.quiet().build());
        probe.at(100 * SECOND);
        probe.now = 5 * SECOND;
        probe.receive(Frame.data(0, 1, 10));
        assertThat(probe.session.nextDeadline()).isEqualTo(220 * SECOND);
    }

    @Test
    void timesMayBeNegative() {
        YamuxSession session =
                YamuxSession.create(YamuxRole.DIALER, YamuxLimits.defaults(), event -> {}, Long.MIN_VALUE + 5);
        session.onTime(Long.MIN_VALUE + 5);
        assertThat(session.nextDeadline()).isEqualTo(Long.MIN_VALUE + 5 + 30 * SECOND);
    }
}
