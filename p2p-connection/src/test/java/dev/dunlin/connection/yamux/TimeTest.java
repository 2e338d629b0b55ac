package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Time: quiet streams, keepalive. */
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
    void aQuietStreamIsNeverReset() {
        Probe probe = withStream(Probe.quiet().build());
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        probe.at(1_000_000 * SECOND);
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        assertThat(probe.of(YamuxEvent.StreamReset.class)).isEmpty();
    }

    @Test
    void aStreamTellsHowManyBodyBytesMovedAndWhen() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.now = 7 * SECOND;
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        YamuxStream stream = probe.opened();
        moved(stream, 7 * SECOND, 0, 0);
        probe.now = 8 * SECOND;
        // Neither frames without a body nor what the application does is a byte that moved.
        stream.accept();
        probe.drain();
        probe.receive(Frame.window(0, 1, 1), Frame.data(0, 1, 0));
        moved(stream, 7 * SECOND, 0, 0);
        probe.receive(Frame.data(0, 1, 10));
        moved(stream, 8 * SECOND, 10, 0);
        probe.at(9 * SECOND);
        stream.consumed(10);
        stream.write(ByteBuffer.allocate(70_000));
        moved(stream, 8 * SECOND, 10, 0);
        probe.drain(1);
        moved(stream, 9 * SECOND, 10, 65_507);
        probe.now = 10 * SECOND;
        probe.drain();
        moved(stream, 10 * SECOND, 10, 70_000);
        probe.now = 11 * SECOND;
        // A long body counts as it comes.
        byte[] frame = Frame.data(0, 1, 100).bytes();
        probe.receive(Arrays.copyOf(frame, Wire.HEADER + 30));
        moved(stream, 11 * SECOND, 40, 70_000);
        probe.now = 12 * SECOND;
        stream.close();
        probe.receive(Arrays.copyOfRange(frame, Wire.HEADER + 30, frame.length));
        moved(stream, 12 * SECOND, 110, 70_000);
        probe.now = 13 * SECOND;
        probe.drain();
        probe.receive(Frame.window(Wire.FIN, 1, 0));
        moved(stream, 12 * SECOND, 110, 70_000);
    }

    private static void moved(YamuxStream stream, long at, long in, long out) {
        assertThat(stream.activeAt()).isEqualTo(at);
        assertThat(stream.bytesIn()).isEqualTo(in);
        assertThat(stream.bytesOut()).isEqualTo(out);
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
                        .answerTimeout(YamuxLimits.NEVER)
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
    void whoSendsAndNeverAnswersIsGivenUpInTheEnd() {
        assertThat(sendsAndNeverAnswers(YamuxLimits.defaults())).isEqualTo(300 * SECOND);
        assertThat(sendsAndNeverAnswers(YamuxLimits.defaults().toBuilder()
                        .answerTimeout(YamuxLimits.NEVER)
                        .build()))
                .isEqualTo(YamuxLimits.NEVER);
    }

    /** When a peer is given up that sends something each ten seconds for an hour and answers no ping. */
    private static long sendsAndNeverAnswers(YamuxLimits limits) {
        Probe probe = Probe.dialer(limits).at(0);
        while (probe.session.ended().isEmpty() && probe.now < 3600 * SECOND) {
            probe.now += 10 * SECOND;
            probe.receive(Frame.data(0, 99, 10));
            probe.session.onTime(probe.now);
        }
        if (probe.session.ended().isEmpty()) {
            return YamuxLimits.NEVER;
        }
        assertThat(probe.session.ended()).contains(YamuxEnd.PING_UNANSWERED);
        return probe.now;
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
        probe.opened().close();
        probe.drain();
        assertThat(probe.session.nextDeadline()).isEqualTo(110 * SECOND);
    }

    @Test
    void timesMayBeNegative() {
        YamuxSession session = YamuxSession.create(
                YamuxRole.DIALER, YamuxLimits.defaults(), Probe.roomy(), event -> {}, Long.MIN_VALUE + 5);
        session.onTime(Long.MIN_VALUE + 5);
        assertThat(session.nextDeadline()).isEqualTo(Long.MIN_VALUE + 5 + 30 * SECOND);
    }
}
