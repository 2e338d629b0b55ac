package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** GoAway, ours and the peer's, and the end in order. */
class GoAwayTest {

    private static final YamuxEvent.SessionEnded ENDED = new YamuxEvent.SessionEnded(YamuxEnd.CLOSED_BY_US);

    private static Probe withStream() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        return probe;
    }

    // Ours.

    @Test
    void aFinishedSessionEndsBehindItsLastByte() {
        Probe probe = withStream();
        YamuxStream stream = probe.opened();
        stream.write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        probe.drain();
        stream.write(ByteBuffer.allocate(10));
        probe.session.finish();
        // Who hears a GoAway ends all streams, so that it goes behind the last one.
        assertThat(probe.drain()).isEmpty();
        assertThat(probe.session.open(0)).isEqualTo(new YamuxOpen.Refused(YamuxOpen.Reason.SESSION_ENDED));
        // The stream goes on, both ways.
        assertThat(stream.write(ByteBuffer.allocate(20))).isEqualTo(YamuxWrite.TAKEN);
        probe.receive(Frame.data(Wire.FIN, 1, 5), Frame.window(0, 1, 100));
        assertThat(probe.data(stream)).hasSize(5);
        stream.consumed(5);
        stream.closeWrite();
        assertThat(probe.session.ended()).isEmpty();
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, 30), Frame.window(Wire.FIN, 1, 0));
        assertThat(probe.events).endsWith(new YamuxEvent.StreamClosed(stream), ENDED);
        assertThat(probe.drain()).containsExactly(Frame.goAway(0));
        assertThat(probe.session.wantsWrite()).isFalse();
        assertThat(probe.session.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFinishedSessionWithoutStreamsEndsAtOnce() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.session.finish();
        assertThat(probe.events).containsExactly(ENDED);
        assertThat(probe.drain()).containsExactly(Frame.goAway(0));
        assertThat(probe.drain()).isEmpty();
    }

    @Test
    void goAwayIsSaidOnceBehindTheLastStream() {
        Probe probe = withStream();
        probe.session.goAway();
        probe.session.goAway();
        assertThat(probe.drain()).isEmpty();
        probe.receive(Frame.window(Wire.RST, 1, 0));
        assertThat(probe.drain()).containsExactly(Frame.goAway(0));
        assertThat(probe.session.ended()).isEmpty();
        probe.session.finish();
        assertThat(probe.events).last().isEqualTo(ENDED);
        assertThat(probe.drain()).isEmpty();

        Probe quiet = Probe.listener(Probe.quiet().build());
        quiet.session.goAway();
        assertThat(quiet.drain()).containsExactly(Frame.goAway(0));
        quiet.session.finish();
        assertThat(quiet.events).containsExactly(ENDED);
        assertThat(quiet.drain()).isEmpty();
    }

    @Test
    void theLastStreamMayEndByTheApplicationsHand() {
        Probe reading = withStream();
        reading.receive(Frame.data(Wire.FIN, 1, 5));
        reading.opened().closeWrite();
        reading.session.finish();
        reading.drain();
        assertThat(reading.session.ended()).isEmpty();
        reading.opened().consumed(5);
        assertThat(reading.events).endsWith(new YamuxEvent.StreamClosed(reading.opened()), ENDED);

        Probe resetting = withStream();
        resetting.session.finish();
        resetting.drain();
        resetting.opened().reset(7);
        assertThat(resetting.session.ended()).isEmpty();
        assertThat(resetting.drain()).containsExactly(Frame.window(Wire.RST, 1, 7));
        assertThat(resetting.events).last().isEqualTo(ENDED);

        Probe within = withStream();
        within.reaction = event -> {
            if (event instanceof YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes)) {
                stream.consumed(bytes.remaining());
            }
        };
        within.opened().closeWrite();
        within.session.finish();
        within.drain();
        within.receive(Frame.data(Wire.FIN, 1, 5));
        assertThat(within.events).endsWith(new YamuxEvent.StreamClosed(within.opened()), ENDED);
        assertThat(within.receive(new byte[100])).isZero();
    }

    @Test
    void whatIsLeftOfTheInputIsThrownAwayAtTheEnd() {
        Probe probe = Probe.listener(Probe.quiet().maxControlFrames(1).build());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().reset(0);
        probe.drain();
        probe.session.finish();
        probe.drain();
        assertThat(probe.session.ended()).contains(YamuxEnd.CLOSED_BY_US);
        assertThat(probe.receive(new byte[100])).isZero();
    }

    @Test
    void aFinishingSessionMayStillEndOtherwise() {
        Probe broken = withStream();
        broken.session.finish();
        broken.drain();
        broken.receive(new Frame(4, 0, 1, 0, ""));
        assertThat(broken.session.ended()).contains(YamuxEnd.UNKNOWN_TYPE);
        assertThat(broken.drain()).containsExactly(Frame.goAway(1));

        Probe lost = withStream();
        lost.session.finish();
        lost.session.connectionLost();
        assertThat(lost.session.ended()).contains(YamuxEnd.CONNECTION_LOST);

        Probe closed = withStream();
        closed.session.finish();
        closed.session.close();
        assertThat(closed.drain()).containsExactly(Frame.goAway(0));
        assertThat(closed.of(YamuxEvent.SessionEnded.class)).hasSize(1);
    }

    @Test
    void streamsThatComeThoughWeTakeNoneAreRefusedAndNoOffence() {
        for (boolean full : new boolean[] {true, false}) {
            Probe probe = Probe.listener(Probe.quiet()
                    .ackBacklog(3)
                    .maxInboundStreams(full ? 1 : 10)
                    .wastedOpenBurst(1)
                    .build());
            probe.receive(Frame.window(Wire.SYN, 1, 0));
            probe.session.finish();
            for (int id = 3; id <= 9; id += 2) {
                probe.receive(Frame.window(Wire.SYN, id, 0), Frame.data(0, id, 100));
            }
            assertThat(probe.drain())
                    .containsExactly(
                            Frame.window(Wire.RST, 3, 0),
                            Frame.window(Wire.RST, 5, 0),
                            Frame.window(Wire.RST, 7, 0),
                            Frame.window(Wire.RST, 9, 0));
            assertThat(probe.of(YamuxEvent.StreamOpened.class)).hasSize(1);
            assertThat(probe.dropped(YamuxDrop.OPEN_AFTER_GO_AWAY)).isEqualTo(4);
            assertThat(probe.session.ended()).isEmpty();
            // Three are let off, the fourth was the burst, the fifth is too much.
            probe.receive(Frame.window(Wire.SYN, 11, 0));
            assertThat(probe.session.ended()).contains(YamuxEnd.WASTED_OPEN_FLOOD);
        }
    }

    // The peer's.

    @Test
    void aGoAwayWithACodeIsToldAndStreamsGoOn() {
        Probe probe = withStream();
        assertThat(probe.session.peerGoAway()).isEmpty();
        probe.receive(Frame.goAway(1));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.GoAwayReceived(1));
        assertThat(probe.session.peerGoAway()).hasValue(1);
        assertThat(probe.session.ended()).isEmpty();
        assertThat(probe.session.open(0)).isEqualTo(new YamuxOpen.Refused(YamuxOpen.Reason.PEER_WENT_AWAY));
        probe.receive(Frame.data(0, 1, 5));
        assertThat(probe.data(probe.opened())).hasSize(5);
        probe.opened().write(ByteBuffer.allocate(5));
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, 5));
        // The end of the connection can be told with the peer's reason.
        probe.session.connectionLost();
        assertThat(probe.session.peerGoAway()).hasValue(1);
    }

    @Test
    void aPeerThatWentAwayInPeaceMayStillSayThatItFailed() {
        Probe probe = withStream();
        probe.receive(Frame.goAway(0), Frame.goAway(0xFFFF_FFFFL), Frame.goAway(0), Frame.goAway(1));
        assertThat(probe.of(YamuxEvent.GoAwayReceived.class))
                .containsExactly(new YamuxEvent.GoAwayReceived(0), new YamuxEvent.GoAwayReceived(0xFFFF_FFFFL));
        assertThat(probe.session.peerGoAway()).hasValue(0xFFFF_FFFFL);
        assertThat(probe.dropped(YamuxDrop.EMPTY_FRAME)).isEqualTo(2);
    }
}
